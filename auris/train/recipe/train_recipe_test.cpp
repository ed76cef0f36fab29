#include "auris/train/recipe/train_recipe.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "tests/source_folder.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kSmall = R"(
steps = 100
output = "run"
[model]
encoder = "whisper-base"
language_model = "smollm2-135m-instruct"
projector = { type = "linear" }
[[train]]
part = "projector"
learning_rate = 1e-3
[[objectives]]
kind = "answer"
[[data]]
shards = "data/a"
[batch]
tokens = 1000
)";

TrainRecipe parsed(const std::string& toml) { return parse_train_recipe(toml, "r.toml", "/here"); }

// kSmall with one piece in the place of another; behind the end, if `from` is empty.
std::string with(const std::string& from, const std::string& to) {
  std::string toml = kSmall;
  if (from.empty()) return toml + to;
  const size_t at = toml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return toml.replace(at, from.size(), to);
}

std::string problem(const std::string& toml) {
  try {
    parsed(toml);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput);
    return error.what();
  }
  return "none";
}

TEST(TrainRecipe, TakesTheDefaultsOfItsHeader) {
  const TrainRecipe recipe = parsed(kSmall);
  EXPECT_EQ(recipe.schedule.steps, 100);
  EXPECT_EQ(recipe.output, "/here/run");
  EXPECT_EQ(recipe.data.at(0).name, "a");
  EXPECT_EQ(recipe.data.at(0).shards, "/here/data/a");
  EXPECT_EQ(recipe.batch.tokens, 1000);
  EXPECT_EQ(recipe.batch.accumulation, 1);
  EXPECT_EQ(recipe.schedule.shape, ScheduleShape::kConstant);
  EXPECT_EQ(recipe.model.projector.stack, 1);
  EXPECT_FALSE(recipe.evaluation);
  EXPECT_FALSE(recipe.optimizer.sharded);
  EXPECT_TRUE(parsed(with("", "[optimizer]\nsharded = true")).optimizer.sharded);
  EXPECT_EQ(recipe.text, kSmall);
  EXPECT_EQ(recipe.find(Part::kProjector)->learning_rate, 1e-3);
  EXPECT_EQ(recipe.find(Part::kEncoder), nullptr);
}

TEST(TrainRecipe, EveryRecipeOfTheProjectIsOne) {
  int read = 0;
  for (const char* name : {"llaso/align.toml", "llaso/instruct.toml", "audiochatllama.toml",
                           "nano/frames.toml", "nano/semantic.toml"}) {
    SCOPED_TRACE(name);
    EXPECT_NO_THROW(read_train_recipe(fs::path(AURIS_SOURCE_DIR) / "recipes" / name));
    ++read;
  }
  EXPECT_EQ(read, 5);
}

// Figures of the scripts that LLaSO released.
TEST(TrainRecipe, LlasoIsWhatWasPublished) {
  const fs::path folder = fs::path(AURIS_SOURCE_DIR) / "recipes" / "llaso";
  const TrainRecipe align = read_train_recipe(folder / "align.toml");
  EXPECT_EQ(align.schedule.steps * *align.batch.examples * align.batch.accumulation, 12'000'000);
  EXPECT_EQ(align.schedule.warmup_steps, std::ceil(0.0015 * static_cast<double>(align.schedule.steps)));
  EXPECT_EQ(align.schedule.shape, ScheduleShape::kCosine);
  EXPECT_EQ(align.model.projector.inner, 3072);
  EXPECT_EQ(align.model.window_rows, models::WindowRows::kWhole);
  EXPECT_EQ(align.model.layout, ModelLayout::kLlaso);
  ASSERT_EQ(align.trained.size(), 1u);
  EXPECT_EQ(align.trained[0].learning_rate, 1e-3);
  const TrainRecipe instruct = read_train_recipe(folder / "instruct.toml");
  EXPECT_EQ(instruct.schedule.steps * *instruct.batch.examples * instruct.batch.accumulation, 13'500'000);
  EXPECT_EQ(instruct.schedule.warmup_steps, std::ceil(0.01 * static_cast<double>(instruct.schedule.steps)));
  ASSERT_EQ(instruct.trained.size(), 2u);
  EXPECT_EQ(instruct.find(Part::kLanguageModel)->learning_rate, 3e-5);
  EXPECT_EQ(instruct.model.begin.at(Part::kProjector), align.output);
  EXPECT_EQ(instruct.model.layout, ModelLayout::kLlaso);
  EXPECT_TRUE(instruct.recompute_activations);
}

TEST(TrainRecipe, UnknownKeysAreRefusedWithTheNearest) {
  EXPECT_THAT(problem(with("", "acumulation = 2")), AllOf(HasSubstr("batch"), HasSubstr("'accumulation'")));
  EXPECT_THAT(problem(with("steps", "step")), HasSubstr("did you mean 'steps'"));
  EXPECT_THAT(problem(with("learning_rate", "learn_rate")), HasSubstr("'learning_rate'"));
  EXPECT_THAT(problem(with("\"linear\"", "\"lineer\"")), HasSubstr("'linear'"));
  EXPECT_THAT(problem(with("\"projector\"", "\"projektor\"")), HasSubstr("'projector'"));
  EXPECT_THAT(problem(with("", "[optimiser]")), HasSubstr("'optimizer'"));
  EXPECT_THAT(problem(with("shards", "tasks = ['speach_recognition']\nshards")),
              HasSubstr("speech_recognition"));
  EXPECT_THAT(problem(with("", "qqqqqqqqqqqq = 2")), HasSubstr("docs/training.md"));
}

struct Refusal {
  const char* from;  // in kSmall; empty = the new piece goes behind the end
  const char* to;
  const char* message;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.message; }

// Every field: of another kind, out of its range, missing, or beside what it does not go with.
class Refuses : public testing::TestWithParam<Refusal> {};

TEST_P(Refuses, WithAMessage) {
  const auto& [from, to, message] = GetParam();
  EXPECT_THAT(problem(with(from, to)), AllOf(HasSubstr("r.toml"), HasSubstr(message)));
}

const Refusal kTop[] = {
    {"steps = 100", "steps = 1.5", "a whole number steps"},
    {"steps = 100", "steps = 0", "steps from 1"},
    {"steps = 100", "", "a whole number steps"},
    {"steps = 100", "steps = 100\nseed = -1", "seed from 0"},
    {"steps = 100", "steps = 100\nseed = 'x'", "got the text 'x'"},
    {"steps = 100", "steps = 100\nprecision = 'f16'", "precision to be one of f32, bf16"},
    {"steps = 100", "steps = 100\nrecompute_activations = 1", "recompute_activations = true or false"},
    {"output = \"run\"", "output = ''", "one line of output"},
    {"output = \"run\"", "output = ['run']", "a text output"},
    {"output = \"run\"", "", "a text output"},
    {"tokens = 1000", "tokens = 1000\n[schedule", "a TOML file"},
};
const Refusal kModel[] = {
    {"encoder = \"whisper-base\"", "", "a text encoder"},
    {"encoder = \"whisper-base\"", "encoder = 7", "the number 7"},
    {"language_model = \"smollm2-135m-instruct\"", "", "a text language_model"},
    {"projector = { type = \"linear\" }", "", "a table projector"},
    {"projector = { type = \"linear\" }", "projector = 'linear'", "a table projector"},
    {"projector = { type = \"linear\" }", "projector = {}", "a text type"},
    {"type = \"linear\"", "type = 'linear', inner = 5", "inner only"},
    {"type = \"linear\"", "type = 'linear', stack = 0", "stack from 1"},
    {"type = \"linear\"", "type = 'linear', stack = 65", "stack from 1"},
    {"type = \"linear\"", "type = 'mlp_gelu'", "a whole number inner"},
    {"type = \"linear\"", "type = 'mlp_gelu', inner = -4", "inner from 1"},
    {"type = \"linear\"", "type = 'swiglu', inner = 7", "an even inner"},
    {"type = \"linear\"", "type = 'linear', pooled = 4", "pooled only"},
    {"type = \"linear\"", "type = 'words'", "a whole number pooled"},
    {"type = \"linear\"", "type = 'words', pooled = 1501", "pooled from 0"},
    {"type = \"linear\"", "type = 'words', pooled = 4, stack = 1", "stack only"},
    {"type = \"linear\"", "type = 'words', pooled = 4, inner = 8", "inner only"},
    {"[[train]]", "window_rows = 'some'\n[[train]]", "window_rows to be one of"},
    {"[[train]]", "layout = 'llava'\n[[train]]", "layout to be one of composed, llaso"},
    {"[[train]]", "layout = 'llaso'\n[[train]]", "projector.type = 'mlp_gelu'"},
    {"[[train]]", "begin = { decoder = 'x' }\n[[train]]", "only the fields projector"},
    {"[[train]]", "begin = { encoder_adapter = 'x' }\n[[train]]", "a table encoder_adapter"},
    {"[[train]]", "encoder_adapter = { alpha = 3 }\n[[train]]", "a whole number rank"},
    {"[[train]]", "encoder_adapter = { rank = 0 }\n[[train]]", "rank from 1"},
    {"[[train]]", "encoder_adapter = { rank = 2, alpha = 0 }\n[[train]]", "alpha from"},
    {"[[train]]", "encoder_adapter = { rank = 2, layers = ['up_proj'] }\n[[train]]", "layers of all, q_proj"},
    {"[[train]]", "encoder_adapter = { rank = 2, layers = [] }\n[[train]]", "an empty one"},
    {"[[train]]", "encoder_adapter = { rank = 2, layers = ['fc1', 'fc1'] }\n[[train]]", "each layer once"},
    {"[[train]]", "encoder_adapter = { rank = 2, layers = ['all', 'fc1'] }\n[[train]]", "layers = ['all']"},
    {"[[train]]", "encoder_adapter = { rank = 2 }\n[[train]]", "encoder_adapter among what is trained"},
};
const Refusal kTrained[] = {
    {"learning_rate = 1e-3", "", "a number learning_rate"},
    {"learning_rate = 1e-3", "learning_rate = 0", "learning_rate from"},
    {"learning_rate = 1e-3", "learning_rate = nan", "a number learning_rate"},
    {"learning_rate = 1e-3", "learning_rate = '1e-3'", "a number learning_rate"},
    {"learning_rate = 1e-3", "learning_rate = true", "got true"},
    {"learning_rate = 1e-3", "learning_rate = 1e-3\nweight_decay = -1", "weight_decay from 0"},
    {"part = \"projector\"", "part = \"encoder_adapter\"", "a table model.encoder_adapter"},
    {"[[train]]", "[train]", "a list train"},
    {"[[objectives]]", "[[train]]\npart = 'projector'\nlearning_rate = 1\n[[objectives]]", "each part once"},
    {"part = \"projector\"\nlearning_rate = 1e-3",
     "part = 'encoder'\nlearning_rate = 1\n[model.encoder_adapter]\nrank = 2", "either encoder or"},
};
const Refusal kObjectives[] = {
    {"kind = \"answer\"", "", "a text kind"},
    {"kind = \"answer\"", "kind = 'guess'", "kind to be one of answer"},
    {"kind = \"answer\"", "kind = 'answer'\nweight = 0", "weight from"},
    {"kind = \"answer\"", "kind = 'answer'\ntemperature = 2",
     "only the fields kind, weight, label_smoothing"},
    {"kind = \"answer\"", "kind = 'answer'\nlabel_smoothing = 1", "label_smoothing from 0"},
    {"kind = \"answer\"", "kind = 'answer'\n[[objectives]]\nkind = 'answer'", "each kind of objective once"},
    {"kind = \"answer\"", "kind = 'respond'\ntemperature = 0", "temperature from"},
    {"kind = \"answer\"", "kind = 'respond'\ncross_entropy_weight = -1", "cross_entropy_weight from 0"},
    {"kind = \"answer\"", "kind = 'respond'\ndivergence_weight = 'a'", "a number divergence_weight"},
    {"kind = \"answer\"", "kind = 'respond'\nend_of_turn_weight = -1", "end_of_turn_weight from 0"},
    {"kind = \"answer\"", "kind = 'respond'\ncross_entropy_weight = 0\ndivergence_weight = 0", "above 0"},
    {"kind = \"answer\"", "kind = 'contrastive'\nlabel_smoothing = 0", "only the fields kind, weight, temp"},
    {"kind = \"answer\"", "kind = 'ctc'\ntemperature = 1", "only the fields kind, weight"},
    {"kind = \"answer\"", "kind = 'text_guard'", "a list texts"},
    {"kind = \"answer\"", "kind = 'text_guard'\ntexts = [1]", "a text texts"},
    {"kind = \"answer\"", "kind = 'text_guard'\ntexts = ['a']\ntokens = 0", "tokens from 1"},
    {"kind = \"answer\"", "kind = 'text_guard'\ntexts = ['a']", "an objective beside text_guard"},
};
const Refusal kData[] = {
    {"[[data]]\nshards = \"data/a\"", "", "a list data"},
    {"shards = \"data/a\"", "", "a text shards"},
    {"shards = \"data/a\"", "shards = 'data/'", "a name for a folder"},
    {"shards = \"data/a\"", "shards = 'a'\nweight = 0", "weight from"},
    {"shards = \"data/a\"", "shards = 'a'\nmax_audio_s = 0", "max_audio_s from"},
    {"shards = \"data/a\"", "shards = 'a'\ntasks = 'speech_recognition'", "a list tasks"},
    {"shards = \"data/a\"", "shards = 'a'\ntasks = ['song']", "tasks that are known"},
    {"shards = \"data/a\"", "shards = 'a'\n[[data]]\nshards = 'b/a'", "a name of its own"},
    {"tokens = 1000", "", "a limit: tokens"},
    {"tokens = 1000", "tokens = 0", "tokens from 1"},
    {"tokens = 1000", "audio_s = -2", "audio_s from"},
    {"tokens = 1000", "examples = 0.5", "a whole number examples"},
    {"tokens = 1000", "tokens = 1\naccumulation = 0", "accumulation from 1"},
    {"tokens = 1000", "tokens = 1\ncontext_tokens = 0", "context_tokens from 1"},
};
const Refusal kRest[] = {
    {"", "[optimizer]\nbeta1 = 1", "beta1 from 0"},
    {"", "[optimizer]\nbeta2 = -1", "beta2 from 0"},
    {"", "[optimizer]\nepsilon = 0", "epsilon from"},
    {"", "[optimizer]\nclip_norm = -1", "clip_norm from 0"},
    {"", "[optimizer]\nsharded = 1", "sharded = true or false"},
    {"", "[optimizer]\nshared = true", "'sharded'"},
    {"", "[schedule]\nwarmup_steps = 5", "a text shape"},
    {"", "[schedule]\nshape = 'cosine'\nwarmup_steps = 101", "warmup_steps from 0 to 100"},
    {"", "[schedule]\nshape = 'cosine'\nmin_share = 2", "min_share from 0 to 1"},
    {"", "[schedule]\nshape = 'constant'\nmin_share = 0.1", "min_share only"},
    {"", "[checkpoint]\nevery_steps = 0", "every_steps from 1"},
    {"", "[checkpoint]\nkeep = 0", "keep from 1"},
    {"", "[evaluation]\nevery_steps = 5", "a list data"},
    {"", "[evaluation]\ndata = [{ shards = 'd' }]", "a whole number every_steps"},
    {"", "[evaluation]\nevery_steps = 5\ndata = [{ shards = 'd' }]\npatience = -1", "patience from 0"},
    {"", "[evaluation]\nevery_steps = 5\ndata = [{ shards = 'd' }]\nmin_improvement = 2", "min_improvement"},
    {"", "[evaluation]\nevery_steps = 5\ndata = [{ shards = 'd' }]\nmax_examples = 0", "max_examples from 1"},
    {"", "[augmentation.speed]\nfactors = [0.1]", "factors from 0.5 to 2"},
    {"", "[augmentation.speed]\nfactors = ['a']", "no number"},
    {"", "[augmentation.reverberation]\nmin_decay_s = 1", "a number probability"},
    {"", "[augmentation.reverberation]\nprobability = 1\nmin_decay_s = 2", "a least decay"},
    {"", "[augmentation.noise]\nprobability = 2\ncolours = ['white']", "probability from 0 to 1"},
    {"", "[augmentation.noise]\nprobability = 1", "colours or recordings"},
    {"", "[augmentation.noise]\nprobability = 1\ncolours = ['green']", "colours to be one of"},
    {"", "[augmentation.noise]\nprobability = 1\ncolours = ['pink']\nmin_snr_db = 40", "a least ratio"},
    {"", "[augmentation.spec]\ntime_masks = -1", "time_masks from 0"},
    {"", "[augmentation.spec]\nmax_time_share = 1.5", "max_time_share from 0"},
    {"", "[augmentation.spec]\nfrequency_masks = 1.5", "a whole number frequency_masks"},
    {"", "[augmentation.spec]\nmax_frequency_bins = 0", "max_frequency_bins from 1"},
};
INSTANTIATE_TEST_SUITE_P(Top, Refuses, testing::ValuesIn(kTop));
INSTANTIATE_TEST_SUITE_P(Model, Refuses, testing::ValuesIn(kModel));
INSTANTIATE_TEST_SUITE_P(Trained, Refuses, testing::ValuesIn(kTrained));
INSTANTIATE_TEST_SUITE_P(Objectives, Refuses, testing::ValuesIn(kObjectives));
INSTANTIATE_TEST_SUITE_P(Data, Refuses, testing::ValuesIn(kData));
INSTANTIATE_TEST_SUITE_P(Rest, Refuses, testing::ValuesIn(kRest));

TEST(TrainRecipe, WordsAreNoRowsInTime) {
  const std::string toml = with("type = \"linear\"", "type = 'words', pooled = 8");
  EXPECT_EQ(problem(toml), "none");
  EXPECT_THAT(problem(toml + "[[objectives]]\nkind = 'ctc'"), HasSubstr("a projector of rows"));
  EXPECT_THAT(problem(toml + "[augmentation.spec]\ntime_masks = 1"), HasSubstr("a projector of rows"));
  EXPECT_EQ(problem(toml + "[[data]]\nshards = 'x'\nread = true"), "none");
  EXPECT_THAT(problem(with("", "[[data]]\nshards = 'x'\nread = true")), HasSubstr("type = 'words'"));
}

// What LLaSO's checkpoints cannot say is refused, and named.
TEST(TrainRecipe, TheLayoutOfLlasoHasItsLimits) {
  const auto llaso = [](const std::string& projector, const std::string& more) {
    std::string toml = with("{ type = \"linear\" }", "{ " + projector + " }");
    return toml.replace(toml.find("[[train]]"), 0, "layout = 'llaso'\n" + more + "\n");
  };
  const std::string own = "type = 'mlp_gelu', inner = 8", whole = "window_rows = 'whole'";
  EXPECT_EQ(problem(llaso(own, whole)), "none");
  EXPECT_THAT(problem(llaso(own + ", stack = 2", whole)), HasSubstr("with stack = 1"));
  EXPECT_THAT(problem(llaso(own, "")), HasSubstr("window_rows = 'whole'"));
  EXPECT_THAT(problem(llaso(own, whole + "\nlanguage_model_adapter = { rank = 2 }")),
              AllOf(HasSubstr("no adapters"), HasSubstr("the whole language_model")));
}

// What hears before anything is learned cannot learn.
TEST(TrainRecipe, EncodersOfWordsStayAsTheyAre) {
  std::string toml = with("type = \"linear\"", "type = 'words', pooled = 8");
  const std::string trained = toml + "[[train]]\npart = 'encoder'\nlearning_rate = 1e-5\n";
  EXPECT_THAT(problem(trained), AllOf(HasSubstr("one that is trained"), HasSubstr("become words")));
  const auto in_model = [&](const char* line) {
    std::string with_line = toml;
    return with_line.replace(with_line.find("[[train]]"), 0, line);
  };
  EXPECT_THAT(problem(in_model("begin = { encoder = 'x' }\n")), HasSubstr("as a run left it"));
  EXPECT_THAT(problem(in_model("encoder_adapter = { rank = 2 }\n")), HasSubstr("a projector of rows"));
}

}  // namespace
}  // namespace auris::train
