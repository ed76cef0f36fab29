// Composed models as training writes them: projector and adapter in one file, read again beside language
// models in either format. The golden model (engine/audio_model_test.cpp) says that a composed model is
// computed rightly; here its parts are compared with each other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/json_text.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/composed_model_writer.h"
#include "auris/models/language/llama/merged_llama.h"
#include "auris/models/testing/golden.h"
#include "auris/models/testing/random_adapter.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::models {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::golden_folder;
using ::testing::HasSubstr;
using testing::random_adapter;
using testing::relative_error;
using Tensors = std::map<std::string, Tensor>;

constexpr int64_t kHidden = 24;  // of the tiny smollm2
constexpr int64_t kRank = 3;

std::string path_of(const char* name) { return (golden_folder() / name).string(); }

Tensor random_tensor(Rng& rng, const Shape& shape, float mean = 0.0f) {
  Tensor tensor = Tensor::empty(shape);
  for (float& value : tensor.span<float>()) value = mean + static_cast<float>(0.2 * rng.normal());
  return tensor;
}

ComposedModel composed(ProjectorKind kind, const char* language = "smollm2") {
  return {.encoder = path_of("llaso/encoder"),
          .language_model = path_of(language),
          .projector = {.kind = kind, .inner = 14, .stack = 3},
          .adapter = nn::AdapterConfig{.rank = kRank, .alpha = 6, .layers = {"q_proj", "k_proj", "up_proj"}}};
}

WhisperConfig encoder_config() {
  return whisper_config_of(*weights::open_checkpoint(path_of("llaso/encoder")));
}

int64_t encoder_width() { return encoder_config().d_model; }
int64_t sound_columns() { return encoder_width() * encoder_config().stages(); }

// The tensors that docs/audio_models.md lists, with random numbers.
Tensors random_tensors(const ComposedModel& model) {
  Rng rng(3);
  Tensors all;
  int64_t width = encoder_width() * model.projector.stack, inner = model.projector.inner;
  switch (model.projector.kind) {
    case ProjectorKind::kLinear:
      all["projector.linear.weight"] = random_tensor(rng, {kHidden, width});
      all["projector.linear.bias"] = random_tensor(rng, {kHidden});
      break;
    case ProjectorKind::kMlpGelu:
      all["projector.0.weight"] = random_tensor(rng, {inner, width});
      all["projector.0.bias"] = random_tensor(rng, {inner});
      all["projector.2.weight"] = random_tensor(rng, {kHidden, inner});
      all["projector.2.bias"] = random_tensor(rng, {kHidden});
      break;
    case ProjectorKind::kUltravox:
      all["projector.ln_pre.weight"] = random_tensor(rng, {width}, 1.0f);
      all["projector.linear_1.weight"] = random_tensor(rng, {inner, width});
      all["projector.ln_mid.weight"] = random_tensor(rng, {inner / 2}, 1.0f);
      all["projector.linear_2.weight"] = random_tensor(rng, {kHidden, inner / 2});
      break;
    case ProjectorKind::kWords:
      all["projector.states_norm.weight"] = random_tensor(rng, {encoder_width()}, 0.5f);
      all["projector.sound_norm.weight"] = random_tensor(rng, {kHidden}, 0.5f);
      all["projector.words.weight"] = random_tensor(rng, {kHidden, encoder_width()});
      all["projector.sound.weight"] = random_tensor(rng, {kHidden, sound_columns()});
      all["projector.sound.bias"] = random_tensor(rng, {kHidden});
      break;
  }
  if (model.projector.norm_post) all["projector.norm_post.weight"] = random_tensor(rng, {kHidden}, 0.5f);
  if (!model.adapter) return all;
  auto adapter = random_adapter(*model.adapter, 4);
  load_llama(weights::open_checkpoint(model.language_model),
             {.adapter = adapter, .adopt = [&](std::string_view name, const Tensor& tensor) {
                if (nn::is_adapter_tensor(name)) all["language_model." + std::string(name)] = tensor;
                return tensor;
              }});
  return all;
}

std::vector<AudioWindow> windows_of(const AudioLlm& model) {
  Rng rng(8);
  int n_mels = model.config().encoder.n_mels;
  std::vector<AudioWindow> windows;
  for (int64_t frames : {20, 9})
    windows.push_back({.mel = random_tensor(rng, {frames, n_mels}), .frames = frames});
  return windows;
}

// A sound of two windows between two words.
Tensor logits_of(const AudioLlm& model) {
  ProjectedRows sound = model.encode(windows_of(model));
  std::vector<int32_t> ids{5};
  ids.insert(ids.end(), static_cast<size_t>(sound.rows.rows()), kAudioRow);
  ids.push_back(17);
  Tensor rows = model.embed(ids, sound.rows);
  return model.language().logits(model.language().forward(rows, RowLayout::single(rows.rows())));
}

Tensor logits_in(const TestFolder& folder, const AudioLlmOptions& options = {}) {
  return logits_of(*load_audio_llm(AudioLlmSources{.model = folder.path()}, options));
}

class ComposedKinds : public ::testing::TestWithParam<ProjectorKind> {};

TEST_P(ComposedKinds, AreReadAsTheyWereWritten) {
  TestFolder folder;
  ComposedModel model = composed(GetParam());
  Tensors tensors = random_tensors(model);
  write_composed_model(folder.path(), model, tensors);
  Tensors seen;
  auto loaded = load_audio_llm(AudioLlmSources{.model = folder.path()},
                               {.adopt = [&](std::string_view name, const Tensor& tensor) {
                                 seen[std::string(name)] = tensor;
                                 return tensor;
                               }});
  EXPECT_EQ(loaded->config().projector.kind, GetParam());
  EXPECT_EQ(loaded->config().projector.stack, 3);
  ASSERT_TRUE(loaded->config().adapter.has_value());
  EXPECT_EQ(loaded->config().adapter->layers, model.adapter->layers);
  for (const auto& [name, tensor] : tensors) {
    ASSERT_TRUE(seen.contains(name)) << name;
    EXPECT_EQ(relative_error(seen[name], tensor), 0.0) << name;
  }
  EXPECT_TRUE(seen.contains("encoder.layers.0.self_attn.q_proj.weight"));
  EXPECT_TRUE(seen.contains("encoder.conv1.weight"));
  EXPECT_TRUE(seen.contains("language_model.embed_tokens.weight"));
  // On another backend, and beside the GGUF file of the language model, whose q and k have other rows.
  Tensor logits = logits_of(*loaded);
  EXPECT_LE(relative_error(logits_in(folder, {.device = Device::kPlain}), logits), 1e-5);
  TestFolder beside_gguf;
  write_composed_model(beside_gguf.path(), composed(GetParam(), "smollm2/model.gguf"), tensors);
  EXPECT_LE(relative_error(logits_in(beside_gguf), logits), 1e-5);
  // Both parts count.
  for (const char* part : {"projector", "language_model"}) {
    Tensors other = tensors;
    for (auto& [name, tensor] : other) {
      if (name.starts_with(part)) tensor = ops::scale(tensor, 0.5f);
    }
    TestFolder changed;
    write_composed_model(changed.path(), model, other);
    EXPECT_GE(relative_error(logits_in(changed), logits), 1e-3) << part;
  }
}

INSTANTIATE_TEST_SUITE_P(Projector, ComposedKinds,
                         ::testing::Values(ProjectorKind::kLinear, ProjectorKind::kMlpGelu,
                                           ProjectorKind::kUltravox),
                         [](const auto& test) {
                           return std::string(test.param == ProjectorKind::kLinear    ? "linear"
                                              : test.param == ProjectorKind::kMlpGelu ? "mlp_gelu"
                                                                                      : "swiglu");
                         });

TEST(ComposedModel, ANormBehindTheProjectorIsAnRmsNorm) {
  for (ProjectorKind kind : {ProjectorKind::kLinear, ProjectorKind::kMlpGelu, ProjectorKind::kUltravox}) {
    ComposedModel model = composed(kind);
    TestFolder without, with;
    write_composed_model(without.path(), model, random_tensors(model));
    model.projector.norm_post = true;
    Tensors tensors = random_tensors(model);
    write_composed_model(with.path(), model, tensors);
    auto bare = load_audio_llm(AudioLlmSources{.model = without.path()});
    auto normed = load_audio_llm(AudioLlmSources{.model = with.path()});
    Tensor expected = ops::rms_norm(bare->encode(windows_of(*bare)).rows,
                                    tensors.at("projector.norm_post.weight"), 1e-6f, 0.0f);
    EXPECT_LE(relative_error(normed->encode(windows_of(*normed)).rows, expected), 1e-6);
  }
}

// Words are their embeddings and a linear map of the states beside them, behind the rows of sound.
TEST(ComposedModel, HearsWords) {
  TestFolder folder;
  ComposedModel model = composed(ProjectorKind::kWords);
  model.projector = {.kind = ProjectorKind::kWords, .pooled = 2};
  const Tensors tensors = random_tensors(model);
  write_composed_model(folder.path(), model, tensors);
  const auto loaded = load_audio_llm(AudioLlmSources{.model = folder.path()});
  EXPECT_TRUE(loaded->config().hears_words());
  EXPECT_EQ(loaded->config().projector.pooled, 2);

  Rng rng(9);
  const auto heard =
      std::make_shared<HeardSpeech>(HeardSpeech{.words = {5, 17, 3},
                                                .states = random_tensor(rng, {3, encoder_width()}),
                                                .sound = random_tensor(rng, {2, sound_columns()})});
  const auto known = std::make_shared<HeardSpeech>(HeardSpeech{.words = {9, 2}});
  const std::vector<std::shared_ptr<const HeardSpeech>> both = {heard, known};
  const ProjectedRows projected = loaded->project(both);
  ASSERT_EQ(projected.layout.spans.size(), 2u);
  EXPECT_EQ(projected.layout.spans[0].row_count, 5);
  EXPECT_EQ(projected.layout.spans[1].row_count, 2);

  LinearWeights sound, words;
  sound.weight = tensors.at("projector.sound.weight");
  sound.bias = tensors.at("projector.sound.bias");
  words.weight = tensors.at("projector.words.weight");
  const auto norm = [&](const Tensor& x, const char* name) {
    return ops::rms_norm(x, tensors.at(std::string("projector.") + name + ".weight"), 1e-6f, 0.0f);
  };
  Tensor expected = norm(ops::linear(heard->sound, sound), "sound_norm");
  expected = ops::concat_rows(expected, ops::add(loaded->language().embed(heard->words),
                                                 ops::linear(norm(heard->states, "states_norm"), words)));
  expected = ops::concat_rows(expected, loaded->language().embed(known->words));
  EXPECT_LE(relative_error(projected.rows, expected), 1e-6);
  const auto plain = load_audio_llm(AudioLlmSources{.model = folder.path()}, {.device = Device::kPlain});
  EXPECT_LE(relative_error(plain->project(both).rows, expected), 1e-5);
}

// Merged into the language model, the adapter is not needed any more.
TEST(ComposedModel, MergedItComputesTheSame) {
  for (const char* language : {"smollm2", "smollm2/model.gguf"}) {
    TestFolder folder, merged;
    ComposedModel model = composed(ProjectorKind::kMlpGelu, language);
    Tensors tensors = random_tensors(model);
    write_composed_model(folder.path(), model, tensors);
    AudioLlmParts parts = open_audio_llm_parts({.model = folder.path()});
    write_merged_llama(merged / "language", parts.language,
                       {.adapter = language_adapter(parts), .dtype = DType::kF32});
    model.language_model = "language";  // a path from the folder of config.json
    model.adapter.reset();
    std::erase_if(tensors, [](const auto& entry) { return nn::is_adapter_tensor(entry.first); });
    write_composed_model(merged.path(), model, tensors);
    EXPECT_LE(relative_error(logits_in(merged), logits_in(folder)), 1e-4) << language;
    EXPECT_FALSE(language_adapter(open_audio_llm_parts({.model = merged.path()})));
  }
}

// A trainer's own adapter: beside layers that the file has none for, in all parts.
TEST(ComposedModel, OptionsAddToTheFilesAdapter) {
  TestFolder folder;
  ComposedModel model = composed(ProjectorKind::kLinear);
  write_composed_model(folder.path(), model, random_tensors(model));
  std::vector<std::string> names;
  AudioLlmOptions options;
  options.adapter = nn::fresh_adapter({.rank = 2, .alpha = 2, .layers = {"q_proj", "v_proj", "linear"}}, 1);
  options.adopt = [&](std::string_view name, const Tensor& tensor) {
    if (name.ends_with(".lora_a")) names.push_back(std::string(name) + " " + std::to_string(tensor.rows()));
    return tensor;
  };
  Tensor logits = logits_in(folder, options);
  EXPECT_LE(relative_error(logits, logits_in(folder)), 1e-5);  // fresh ones change nothing
  EXPECT_THAT(names, Contains("language_model.layers.1.self_attn.q_proj.lora_a 3"));  // the file's
  EXPECT_THAT(names, Contains("language_model.layers.1.self_attn.v_proj.lora_a 2"));
  EXPECT_THAT(names, Contains("encoder.layers.0.self_attn.v_proj.lora_a 2"));
  EXPECT_THAT(names, Contains("projector.linear.lora_a 2"));
}

// The encoder's own adapter in the file computes what one from outside does, beside one of the language
// model.
TEST(ComposedModel, EncodersHaveAdaptersToo) {
  TestFolder folder, bare_folder;
  ComposedModel bare = composed(ProjectorKind::kLinear), model = bare;
  Tensors tensors = random_tensors(bare);
  write_composed_model(bare_folder.path(), bare, tensors);
  model.encoder_adapter = nn::AdapterConfig{.rank = 2, .alpha = 4, .layers = {"q_proj", "v_proj", "fc2"}};
  const nn::AdapterSource outside = random_adapter(*model.encoder_adapter, 6);
  AudioLlmOptions options;
  options.adapter = [&](std::string_view name, nn::LinearSize size) {
    return name.starts_with("encoder.") ? outside(name, size) : LowRank();
  };
  options.adopt = [&](std::string_view name, const Tensor& tensor) {
    if (name.starts_with("encoder.") && nn::is_adapter_tensor(name)) tensors[std::string(name)] = tensor;
    return tensor;
  };
  const Tensor expected = logits_in(bare_folder, options);
  EXPECT_GE(relative_error(expected, logits_in(bare_folder)), 1e-3);
  ASSERT_TRUE(tensors.contains("encoder.layers.1.fc2.lora_b"));
  write_composed_model(folder.path(), model, tensors);
  EXPECT_EQ(relative_error(logits_in(folder), expected), 0.0);

  const auto written = weights::open_checkpoint(folder.path());
  const auto refused = [&](const std::function<void(nlohmann::ordered_json&)>& change) {
    TestFolder other;
    nlohmann::ordered_json config = composed_model_json(model);
    change(config);
    other.write("config.json", config.dump());
    std::filesystem::copy(folder / "model.safetensors", other / "model.safetensors");
    try {
      load_audio_llm(AudioLlmSources{.model = other.path()});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModel);
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_EQ(refused([](auto&) {}), "none");
  EXPECT_THAT(refused([](auto& config) { config.erase("encoder_adapter"); }),
              AllOf(HasSubstr("encoder.layers"), HasSubstr("no adapter for it")));
  EXPECT_THAT(refused([](auto& config) { config["encoder_adapter"]["layers"].push_back("fc3"); }),
              AllOf(HasSubstr("fc3"), HasSubstr("fc2")));
  EXPECT_THAT(refused([](auto& config) { config["encoder_adapter"]["rank"] = 3; }), HasSubstr("lora_a"));
  EXPECT_THAT(refused([](auto& config) {
                config["projector"] = {{"type", "words"}, {"pooled", 2}};
              }),
              HasSubstr("encoder_adapter"));
}

std::string failure_of(const std::function<void()>& action, ErrorCode code) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

// What is wrong with files that are written by hand.
TEST(ComposedModel, TensorsThatDoNotFitTheConfigAreErrors) {
  ComposedModel model = composed(ProjectorKind::kLinear);
  const Tensors good = random_tensors(model);
  auto load = [&](const Tensors& tensors, const nlohmann::ordered_json& config) {
    TestFolder folder;
    folder.write("config.json", config.dump());
    std::vector<weights::NamedTensor> all;
    for (const auto& [name, tensor] : tensors) all.push_back({name, tensor});
    weights::write_safetensors(folder / "model.safetensors", all);
    return failure_of([&] { load_audio_llm(AudioLlmSources{.model = folder.path()}); }, ErrorCode::kModel);
  };
  nlohmann::ordered_json config = composed_model_json(model);
  const std::string a = "language_model.layers.1.self_attn.q_proj.lora_a";
  Tensors missing = good;
  missing.erase(a);
  EXPECT_THAT(load(missing, config), HasSubstr(a));
  Tensors narrow = good;
  narrow[a] = Tensor::zeros({kRank, kHidden - 1});
  EXPECT_THAT(load(narrow, config), AllOf(HasSubstr(a), HasSubstr("[3, 24]"), HasSubstr("[3, 23]")));
  Tensors more = good;
  more["language_model.layers.2.self_attn.q_proj.lora_a"] = Tensor::zeros({kRank, kHidden});
  more["language_model.layers.2.self_attn.q_proj.lora_b"] = Tensor::zeros({kHidden, kRank});
  EXPECT_THAT(load(more, config), HasSubstr("layers.2.self_attn.q_proj.lora_a"));
  Tensors other = good;
  other["projector.liner.bias"] = Tensor::zeros({kHidden});
  EXPECT_THAT(load(other, config),
              AllOf(HasSubstr("projector.liner.bias"), HasSubstr("projector.linear.bias")));
  // Weights of the model around it would be left aside.
  Tensors base = good;
  base["language_model.layers.0.self_attn.q_proj.weight"] = Tensor::zeros({kHidden, kHidden});
  EXPECT_THAT(load(base, config), HasSubstr("q_proj.weight"));

  nlohmann::ordered_json bare = config;
  bare.erase("adapter");
  EXPECT_THAT(load(good, bare), AllOf(HasSubstr("lora_a"), HasSubstr("no adapter")));
  nlohmann::ordered_json less = config;
  less["adapter"]["layers"] = {"q_proj", "k_proj"};
  EXPECT_THAT(load(good, less), HasSubstr("up_proj.lora_a"));
  nlohmann::ordered_json typo = config;
  typo["adapter"]["layers"].push_back("donw_proj");
  EXPECT_THAT(load(good, typo), AllOf(HasSubstr("donw_proj"), HasSubstr("down_proj")));
  nlohmann::ordered_json rank = config;
  rank["adapter"]["rank"] = kRank + 1;
  EXPECT_THAT(load(good, rank), HasSubstr("[4, 24]"));
}

TEST(ComposedModelWriter, WhatCannotBeReadAgainIsNotWritten) {
  ComposedModel model = composed(ProjectorKind::kLinear);
  const Tensors good = random_tensors(model);
  const std::string a = "language_model.layers.0.self_attn.q_proj.lora_a";
  auto write = [](const ComposedModel& what, const Tensors& tensors) {
    TestFolder folder;
    std::string message =
        failure_of([&] { write_composed_model(folder / "new", what, tensors); }, ErrorCode::kUsage);
    EXPECT_FALSE(std::filesystem::exists(folder / "new" / "config.json"));
    return message;
  };
  auto with = [&](const std::string& name, const Tensor& tensor) {
    Tensors tensors = good;
    tensors[name] = tensor;
    return tensors;
  };
  Tensors half = good;
  half.erase(a);
  EXPECT_THAT(write(model, half), HasSubstr(a));
  EXPECT_THAT(write(model, with(a, Tensor::zeros({kRank + 1, kHidden}))), HasSubstr(a));
  EXPECT_THAT(write(model, with("encoder.conv1.weight", Tensor::zeros({1}))), HasSubstr("encoder.conv1"));
  EXPECT_THAT(write(model, with("encoder.fc1.lora_a", Tensor::zeros({kRank, 4}))), HasSubstr("encoder.fc1"));
  EXPECT_THAT(write(model, with("language_model.layers.0.mlp.down_proj.lora_a", Tensor::zeros({kRank, 48}))),
              HasSubstr("down_proj"));
  ComposedModel both = model;
  both.encoder_adapter = nn::AdapterConfig{.rank = 2, .alpha = 2, .layers = {"fc1"}};
  EXPECT_THAT(write(both, with("encoder.layers.0.fc2.lora_a", Tensor::zeros({2, 4}))), HasSubstr("fc2"));
  EXPECT_THAT(write(both, with("encoder.layers.0.fc1.lora_a", Tensor::zeros({3, 4}))), HasSubstr("of 3"));
  ComposedModel bare = model;
  bare.adapter.reset();
  EXPECT_THAT(write(bare, good), HasSubstr("lora_a"));
  ComposedModel older = composed(ProjectorKind::kUltravox);
  older.projector.norm_mid = false;
  EXPECT_THAT(write(older, random_tensors(composed(ProjectorKind::kUltravox))), HasSubstr("norm"));
  ComposedModel nameless = model;
  nameless.encoder = "";
  EXPECT_THAT(write(nameless, good), HasSubstr("encoder"));
}

// Saving again, as training does, leaves other files alone; a write that fails leaves the old model.
TEST(ComposedModelWriter, SavesAgainInPlace) {
  TestFolder folder;
  ComposedModel model = composed(ProjectorKind::kLinear);
  Tensors tensors = random_tensors(model);
  write_composed_model(folder.path(), model, tensors);
  folder.write("tokenizer.json", "{}");
  Tensor first = logits_in(folder);
  Tensors quantized = tensors;
  quantized["projector.linear.weight"] = Tensor::zeros({32, 32}, DType::kQ8_0);
  failure_of([&] { write_composed_model(folder.path(), model, quantized); }, ErrorCode::kUsage);
  EXPECT_EQ(relative_error(logits_in(folder), first), 0.0);
  tensors["projector.linear.weight"] = ops::scale(tensors["projector.linear.weight"], 2.0f);
  write_composed_model(folder.path(), model, tensors);
  EXPECT_GE(relative_error(logits_in(folder), first), 1e-3);
  EXPECT_EQ(folder.read("tokenizer.json"), "{}");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 3);
}

}  // namespace
}  // namespace auris::models
