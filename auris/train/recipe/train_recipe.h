#pragma once
// How a model is trained, in TOML. docs/training.md lists every field; recipes/ holds those of what is
// published.
//
//   steps = 4000
//   output = "runs/frames"
//
//   [model]
//   encoder = "whisper-base"                 # a name of the catalog, "hf:ORG/NAME" or a path
//   language_model = "smollm2-135m-instruct"
//   projector = { type = "swiglu", stack = 4, inner = 2048 }
//
//   [[train]]
//   part = "projector"
//   learning_rate = 1e-3
//
//   [[objectives]]
//   kind = "answer"
//
//   [[data]]
//   shards = "data/align"
//
//   [batch]
//   tokens = 8192

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auris/base/name_table.h"
#include "auris/models/audio_llm/audio_llm_config.h"
#include "auris/train/augment/augment_options.h"
#include "auris/train/schedule.h"

namespace auris::train {

// What can be trained, and be taken from an earlier run.
enum class Part { kProjector, kEncoder, kLanguageModel, kEncoderAdapter, kLanguageModelAdapter };
inline constexpr NameTable<Part, 5> kParts{{{Part::kProjector, "projector"},
                                            {Part::kEncoder, "encoder"},
                                            {Part::kLanguageModel, "language_model"},
                                            {Part::kEncoderAdapter, "encoder_adapter"},
                                            {Part::kLanguageModelAdapter, "language_model_adapter"}}};

// The names that config.json of a composed model uses (docs/audio_models.md).
inline constexpr NameTable<models::ProjectorKind, 4> kProjectorTypes{
    {{models::ProjectorKind::kLinear, "linear"},
     {models::ProjectorKind::kMlpGelu, "mlp_gelu"},
     {models::ProjectorKind::kUltravox, "swiglu"},
     {models::ProjectorKind::kWords, "words"}}};
inline constexpr NameTable<models::WindowRows, 2> kWindowRows{
    {{models::WindowRows::kWhole, "whole"}, {models::WindowRows::kTrimmed, "trimmed"}}};

// How a run's model is written down.
enum class ModelLayout {
  kComposed,  // a projector, adapters, and the models around them by name or in folders of their own
  kLlaso,     // as LLaSO-Base's checkpoint, with its prompt; the language model is always inside
};
inline constexpr NameTable<ModelLayout, 2> kModelLayouts{
    {{ModelLayout::kComposed, "composed"}, {ModelLayout::kLlaso, "llaso"}}};

struct ProjectorRecipe {
  models::ProjectorKind type = models::ProjectorKind::kMlpGelu;
  int stack = 1;      // so many rows become one; not kWords
  int64_t inner = 0;  // columns behind the first linear layer; 0 with kLinear and kWords
  int pooled = 0;     // kWords: rows of sound for each 30 s
};

// Low-rank adapters (Hu and others 2021, arXiv 2106.09685): W x + alpha / rank * B A x.
struct AdapterRecipe {
  int64_t rank = 0;
  double alpha = 0;
  std::vector<std::string> layers;  // linear layers by their names in Hugging Face's modules; "all"
};

struct ModelRecipe {
  std::string encoder, language_model;
  ModelLayout layout = ModelLayout::kComposed;
  models::WindowRows window_rows = models::WindowRows::kTrimmed;
  ProjectorRecipe projector = {};
  std::optional<AdapterRecipe> encoder_adapter = {}, language_model_adapter = {};
  std::map<Part, std::filesystem::path> begin =
      {};  // parts that begin as an earlier run left them: its folder
};

struct TrainedPart {
  Part part = Part::kProjector;
  double learning_rate = 0;  // the peak
  double weight_decay = 0;
};

enum class ObjectiveKind {
  kAnswer,       // cross-entropy of the item's answer
  kRespond,      // cross-entropy of a language model's own answer, and its cached logits as soft targets
  kContrastive,  // the mean row of sound and that of its text find each other in the batch (InfoNCE)
  kCtc,          // transcript from the projector's rows alone
  kTextGuard,    // on plain text, what the language model thought before training (KL)
};
inline constexpr NameTable<ObjectiveKind, 5> kObjectiveKinds{{{ObjectiveKind::kAnswer, "answer"},
                                                              {ObjectiveKind::kRespond, "respond"},
                                                              {ObjectiveKind::kContrastive, "contrastive"},
                                                              {ObjectiveKind::kCtc, "ctc"},
                                                              {ObjectiveKind::kTextGuard, "text_guard"}}};

struct Objective {
  ObjectiveKind kind = ObjectiveKind::kAnswer;
  double weight = 1;
  double label_smoothing = 0;       // kAnswer: share of the target that all tokens get
  double cross_entropy_weight = 1;  // kRespond
  double divergence_weight = 1;     // kRespond: of KL(teacher || student), both at `temperature`
  double end_of_turn_weight = 1;    // kRespond: of the divergence at the token that ends the turn
  double temperature = 2;           // kRespond, kTextGuard; kContrastive 0.07
  std::vector<std::filesystem::path> texts = {};  // kTextGuard: files, a paragraph a line
  int64_t tokens = 512;                           // kTextGuard: of text in each step
};

// A folder that `auris data build` made.
struct DataSet {
  std::string name;  // once in a recipe; the folder's, if none is given
  std::filesystem::path shards;
  double weight = 1;               // examples are drawn from the sets in the ratio of their weights
  std::vector<std::string> tasks;  // ids; empty = all
  double max_audio_s = 30;         // of all recordings of an example; longer ones are left out
  bool read = false;  // kWords: transcripts stand in for what would be heard, where they are known
};

// What a micro-batch may hold; the first limit that is reached ends it.
struct BatchRecipe {
  std::optional<int64_t> tokens = {};  // rows of sound and text that the language model reads
  std::optional<double> audio_s = {};
  std::optional<int64_t> examples = {};
  int64_t accumulation = 1;       // micro-batches of a step, over all processes
  int64_t context_tokens = 2048;  // of one example, at most
};

struct OptimizerRecipe {  // AdamW (Loshchilov and Hutter 2019)
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double clip_norm = 1;  // of all gradients together; 0 = not clipped
  bool sharded = false;  // several processes divide the moments among themselves
};

struct CheckpointRecipe {
  int64_t every_steps = 500;
  int64_t keep = 2;  // the last ones; the best one by evaluation is kept beside them
};

struct EvaluationRecipe {
  int64_t every_steps = 0;
  std::vector<DataSet> data;
  int64_t patience = 0;         // evaluations in a row without a lower loss that end the run; 0 = never
  double min_improvement = 0;   // of the loss, relative, that counts
  int64_t max_examples = 1000;  // of each set, its first ones
};

enum class Precision { kF32, kBf16 };  // of activations; weights that are trained are f32
inline constexpr NameTable<Precision, 2> kPrecisions{{{Precision::kF32, "f32"}, {Precision::kBf16, "bf16"}}};

struct TrainRecipe {
  uint64_t seed = 0;
  Precision precision = Precision::kF32;
  bool recompute_activations = false;  // of a layer in the backward pass, instead of keeping them
  std::filesystem::path output;        // the run's folder
  std::filesystem::path features;      // where what frozen parts heard is kept; several runs may share it
  std::string licence;                 // of what is trained, for its card; empty if it is not stated
  ModelRecipe model;
  std::vector<TrainedPart> trained;
  std::vector<Objective> objectives;
  std::vector<DataSet> data;
  BatchRecipe batch;
  OptimizerRecipe optimizer;
  ScheduleOptions schedule;  // its `steps` are the recipe's
  AugmentOptions augmentation;
  CheckpointRecipe checkpoint;
  std::optional<EvaluationRecipe> evaluation;
  std::string text;  // the TOML itself, for the record

  // The same run in another folder, with its features unless they have a folder of their own.
  void write_to(const std::filesystem::path& folder);

  // nullptr if it is not trained.
  const TrainedPart* find(Part part) const;
  // The encoder or its adapter, so that what is heard changes from step to step.
  bool trains_encoder() const;
};

// `folder` is where relative paths begin (those of encoder and language_model stay as they are). kInput, with
// the place and the reason, for anything that is no recipe; for an unknown key with the nearest known one.
TrainRecipe parse_train_recipe(std::string_view toml, const std::string& where,
                               const std::filesystem::path& folder);
TrainRecipe read_train_recipe(const std::filesystem::path& path,
                              const std::filesystem::path& folder = std::filesystem::path());

}  // namespace auris::train
