// Small random checkpoints of every family (tools/reference/dump_language_models.py) as GGUF files: computed
// as transformers computes them, and the tensors of llama.cpp's converter.

#include "auris/export/language_model_gguf.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"
#include "auris/base/rng.h"
#include "auris/base/sha256.h"
#include "auris/base/test_folder.h"
#include "auris/export/gguf_tensor_types.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/audio_llm/composed_model_writer.h"
#include "auris/models/testing/golden.h"
#include "auris/models/testing/random_adapter.h"
#include "auris/text/tokenizer.h"
#include "auris/weights/safetensors_writer.h"
#include "tests/source_folder.h"

namespace auris::models {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using testing::Golden;
using testing::golden_folder;
using ::testing::HasSubstr;
using testing::random_adapter;
using testing::relative_error;

// A tokenizer for the 192 ids of the small models: letters, one merge and two marks.
json small_tokenizer() {
  json vocabulary = json::object();
  for (char letter = 'a'; letter <= 'z'; ++letter) vocabulary[std::string(1, letter)] = vocabulary.size();
  vocabulary["th"] = 26;
  return {{"added_tokens",
           {{{"id", 27}, {"content", "<|begin|>"}, {"special", true}},
            {{"id", 28}, {"content", "<|end|>"}, {"special", true}}}},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
          {"decoder", {{"type", "ByteLevel"}}},
          {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", {"t h"}}}}};
}

Tensor logits_of(const Llama& llama, const std::string& family) {
  const std::vector<int32_t> ids = Golden(family).ids("a.ids");
  return llama.logits(llama.forward(llama.embed(ids), RowLayout::single(static_cast<int64_t>(ids.size()))));
}

Tensor logits_in(const fs::path& file, const std::string& family) {
  return logits_of(*load_llama(weights::open_checkpoint(file)), family);
}

std::string bytes_of(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data<std::byte>()), tensor.bytes()};
}

class SmallModels : public ::testing::Test {
 protected:
  // A golden model with a tokenizer, and what `change` makes of its config.
  fs::path folder_of(const std::string& family, const std::function<void(json&)>& change = {}) {
    fs::path folder = folder_ / ("hf-" + family);
    fs::create_directories(folder);
    fs::copy_file(golden_folder() / family / "model.safetensors", folder / "model.safetensors",
                  fs::copy_options::overwrite_existing);
    json config = read_json_file(golden_folder() / family / "config.json", ErrorCode::kModel);
    if (change) change(config);
    write(folder / "config.json", config.dump());
    write(folder / "tokenizer.json", small_tokenizer().dump());
    write(folder / "tokenizer_config.json",
          R"({"eos_token": "<|end|>", "chat_template": "{{ messages[0]['content'] }}"})");
    return folder;
  }
  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  std::string usage_error_of(const std::function<void()>& action) {
    try {
      action();
      ADD_FAILURE() << "nothing thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << error.what();
      return error.what();
    }
    return "";
  }

  TestFolder folder_;
  const fs::path file_ = folder_ / "out.gguf";
};

class Families : public SmallModels, public ::testing::WithParamInterface<std::string> {};

TEST_P(Families, ComputeTheSame) {
  const fs::path folder = folder_of(GetParam());
  const Tensor golden = Golden(GetParam()).tensor("a.logits");
  // The weights are bf16 numbers: two of the types lose nothing.
  for (const auto& [type, tolerance] :
       {std::pair(DType::kF32, 1e-5), {DType::kBF16, 1e-5}, {DType::kF16, 1e-2}}) {
    export_gguf(folder, file_, {.type = type});
    EXPECT_LE(relative_error(logits_in(file_, GetParam()), golden), tolerance) << name_of(type);
  }
}

// Byte by byte, and every key that it has.
TEST_P(Families, AreWhatTheConverterWrites) {
  const GgufExportReport report = export_gguf(folder_of(GetParam()), file_, {.type = DType::kBF16});
  const auto converted = weights::open_checkpoint(golden_folder() / GetParam() / "model.gguf");
  const auto ours = weights::open_checkpoint(file_);
  EXPECT_EQ(report.tensors, std::ssize(converted->tensors()));
  for (const weights::TensorInfo& info : converted->tensors()) {
    const Tensor tensor = ours->tensor(info.name);
    ASSERT_EQ(tensor.dtype(), info.dtype) << info.name;
    ASSERT_EQ(tensor.shape(), info.shape) << info.name;
    if (info.name == "rope_freqs.weight") {
      EXPECT_LE(relative_error(tensor, converted->tensor(info.name)), 1e-6);
    } else {
      EXPECT_EQ(bytes_of(tensor), bytes_of(converted->tensor(info.name))) << info.name;
    }
  }
  for (const auto& [key, value] : converted->metadata().items())
    EXPECT_EQ(ours->metadata().at(key), value) << key;
  EXPECT_EQ(report.architecture, converted->metadata()["general.architecture"]);
  EXPECT_EQ(report.bytes, fs::file_size(file_));
}

TEST_P(Families, StayTheSameWhenTheyAreExportedAgain) {
  export_gguf(folder_of(GetParam()), file_, {.type = DType::kBF16});
  export_gguf(file_, folder_ / "again.gguf", {.type = DType::kBF16});
  EXPECT_EQ(folder_.read("again.gguf"), folder_.read("out.gguf"));
}

INSTANTIATE_TEST_SUITE_P(Llama, Families,
                         ::testing::Values("llama3.2", "smollm2", "qwen2.5", "qwen3", "gemma3"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '.');
                           return name;
                         });

TEST_F(SmallModels, AMistralBecomesALlama) {
  const auto unbounded = [](json& config) { config["sliding_window"] = nullptr; };
  const fs::path folder = folder_of("mistral", unbounded);
  EXPECT_EQ(export_gguf(folder, file_, {.type = DType::kF32}).architecture, "llama");
  EXPECT_LE(relative_error(logits_in(file_, "mistral"), logits_in(folder, "mistral")), 1e-5);
}

TEST_F(SmallModels, TheTokenizerComesAlong) {
  export_gguf(folder_of("smollm2"), file_, {.name = "Small", .licence = "Apache-2.0"});
  const json metadata = weights::open_checkpoint(file_)->metadata();
  EXPECT_EQ(metadata["general.name"], "Small");
  EXPECT_EQ(metadata["general.license"], "Apache-2.0");
  EXPECT_EQ(metadata["general.file_type"], 1);
  EXPECT_EQ(metadata["tokenizer.chat_template"], "{{ messages[0]['content'] }}");
  EXPECT_EQ(metadata["tokenizer.ggml.eos_token_id"], 28);
  EXPECT_EQ(metadata["tokenizer.ggml.tokens"].size(), 192u);  // one for each row of the table
  EXPECT_EQ(metadata["tokenizer.ggml.tokens"][191], "[PAD191]");
  EXPECT_EQ(metadata["tokenizer.ggml.token_type"][191], 5);
  EXPECT_EQ(metadata["tokenizer.ggml.token_type"][27], 3);
  const auto tokenizer = text::tokenizer_from_gguf(metadata);
  EXPECT_EQ(tokenizer->encode("thing"), (std::vector<text::TokenId>{26, 8, 13, 6}));
}

// Adapters beside either format: what the composed model computes with its adapter apart.
TEST_F(SmallModels, AComposedModelsAdapterIsMultipliedIn) {
  const nn::AdapterConfig config{
      .rank = 3, .alpha = 6, .layers = {"q_proj", "k_proj", "v_proj", "down_proj", "lm_head"}};
  export_gguf(folder_of("smollm2"), folder_ / "language.gguf", {.type = DType::kF32});
  for (const fs::path& language : {folder_ / "hf-smollm2", folder_ / "language.gguf"}) {
    std::map<std::string, Tensor> tensors;
    const nn::AdapterSource adapter = random_adapter(config, 9);
    load_llama(weights::open_checkpoint(language),
               {.adapter = [&](std::string_view name, nn::LinearSize size) {
                 LowRank low = adapter(name, size);
                 if (low.defined()) {
                   tensors["language_model." + std::string(name) + ".lora_a"] = low.a;
                   tensors["language_model." + std::string(name) + ".lora_b"] = low.b;
                 }
                 return low;
               }});
    const ComposedModel composed{.encoder = (golden_folder() / "llaso/encoder").string(),
                                 .language_model = language.string(),
                                 .projector = {.kind = ProjectorKind::kLinear, .stack = 2},
                                 .adapter = config};
    const auto encoder = weights::open_checkpoint(golden_folder() / "llaso/encoder");
    tensors["projector.linear.weight"] = Tensor::zeros({24, 2 * whisper_config_of(*encoder).d_model});
    tensors["projector.linear.bias"] = Tensor::zeros({24});
    write_composed_model(folder_ / "composed", composed, tensors);

    const GgufExportReport report = export_gguf(folder_ / "composed", file_, {.type = DType::kF32});
    EXPECT_TRUE(report.merged_adapter);
    const auto apart = load_audio_llm({.model = folder_ / "composed"});
    const Tensor expected = logits_of(apart->language(), "smollm2");
    EXPECT_LE(relative_error(logits_in(file_, "smollm2"), expected), 1e-4) << language;
    EXPECT_GE(relative_error(expected, logits_in(language, "smollm2")), 0.05);  // it does something
    EXPECT_TRUE(weights::open_checkpoint(file_)->contains("output.weight"));    // no longer the table
  }
}

TEST_F(SmallModels, WhatTheFormatCannotSayIsRefused) {
  EXPECT_THAT(usage_error_of([&] { export_gguf(folder_of("mistral"), file_); }),
              HasSubstr("sliding window in layer 0"));
  const auto of_gemma = [&](const char* key, const json& value) {
    return usage_error_of(
        [&] { export_gguf(folder_of("gemma3", [&](json& config) { config[key] = value; }), file_); });
  };
  EXPECT_THAT(of_gemma("sliding_window_pattern", 3), HasSubstr("every sixth layer"));
  EXPECT_THAT(of_gemma("query_pre_attn_scalar", 20), HasSubstr("attention scale of 1 / sqrt(16)"));
  EXPECT_THAT(of_gemma("rope_local_base_freq", 5000.0), HasSubstr("base of 10000"));
  EXPECT_THAT(usage_error_of([&] {
                export_gguf(folder_of("qwen3", [](json& config) { config["hidden_act"] = "gelu"; }), file_);
              }),
              HasSubstr("activation silu"));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(SmallModels, OtherModelsAndTokenizersAreRefused) {
  EXPECT_THAT(usage_error_of([&] { export_gguf(golden_folder() / "llaso/encoder", file_); }),
              HasSubstr("expected a language model"));
  const fs::path folder = folder_of("smollm2");
  fs::copy_file(AURIS_SOURCE_DIR "/tests/golden/text/tekken.tokenizer.json", folder / "tokenizer.json",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(usage_error_of([&] { export_gguf(folder, file_); }), HasSubstr("byte-level tokenizer"));
  fs::copy_file(AURIS_SOURCE_DIR "/tests/golden/text/gpt2.tokenizer.json", folder / "tokenizer.json",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(usage_error_of([&] { export_gguf(folder, file_); }), HasSubstr("at most 192 tokens"));
  fs::remove(folder / "tokenizer.json");
  EXPECT_THROW(export_gguf(folder, file_), Error);
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(SmallModels, NumbersThatATypeCannotHoldAreRefused) {
  const fs::path folder = folder_of("smollm2");
  const auto source = weights::open_checkpoint(golden_folder() / "smollm2");
  const auto with = [&](float number) {
    std::vector<weights::NamedTensor> tensors;
    for (const weights::TensorInfo& info : source->tensors())
      tensors.push_back({info.name, source->tensor(info.name)});
    for (weights::NamedTensor& entry : tensors) {
      if (!entry.name.ends_with("layers.1.mlp.up_proj.weight")) continue;
      entry.tensor = Tensor::zeros(entry.tensor.shape());
      entry.tensor.data<float>()[100] = number;
    }
    weights::write_safetensors(folder / "model.safetensors", tensors);
  };
  with(1e5f);
  EXPECT_THAT(usage_error_of([&] { export_gguf(folder, file_, {.type = DType::kF16}); }),
              AllOf(HasSubstr("blk.1.ffn_up.weight"), HasSubstr("bf16 or f32")));
  export_gguf(folder, file_, {.type = DType::kBF16});
  fs::remove(file_);
  with(NAN);
  EXPECT_THAT(usage_error_of([&] { export_gguf(folder, file_, {.type = DType::kBF16}); }),
              HasSubstr("finite numbers"));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(SmallModels, StopsWhenAskedTo) {
  const GgufExportOptions options{.progress = [](int64_t done, int64_t) { return done < 3; }};
  EXPECT_THROW(export_gguf(folder_of("smollm2"), file_, options), Error);
  EXPECT_FALSE(fs::exists(file_));
}

// Every field as the `gguf` package reads it (tools/reference/dump_gguf_file.py). The golden file tells of
// these very bytes.
TEST_F(SmallModels, TheReferenceReadsEveryField) {
  export_gguf(folder_of("qwen3"), file_, {.type = DType::kQ4_K, .name = "Small"});
  if (const char* copy = std::getenv("KEEP_EXPORTED_GGUF"))
    fs::copy_file(file_, copy, fs::copy_options::overwrite_existing);
  const json golden =
      read_json_file(AURIS_SOURCE_DIR "/tests/golden/weights/exported_gguf.json", ErrorCode::kInput);
  const auto bytes = MappedFile::open(file_, ErrorCode::kModel);
  ASSERT_EQ(sha256_hex(bytes->bytes()), golden["sha256"])
      << "make the golden file again, and look at what changed";
  const auto ours = weights::open_checkpoint(file_);
  EXPECT_EQ(ours->metadata(), golden["metadata"]);
  ASSERT_EQ(ours->tensors().size(), golden["tensors"].size());
  for (const weights::TensorInfo& info : ours->tensors()) {
    const json& tensor = golden["tensors"].at(info.name);
    const Tensor found = ours->tensor(info.name);
    EXPECT_EQ(tensor["type"], name_of(info.dtype)) << info.name;
    EXPECT_EQ(tensor["shape"], info.shape.to_string()) << info.name;
    EXPECT_EQ(tensor["sha256"], sha256_hex({found.data<std::byte>(), found.bytes()})) << info.name;
  }
}

DType type_of(DType wanted, const char* name, int64_t width, bool has_output = false) {
  return gguf_tensor_type(wanted,
                          {.name = name, .shape = {512, width}, .layers = 24, .has_output = has_output});
}

// By the rules in llama.cpp's llama-quant.cpp.
TEST(GgufTensorTypes, SomeTensorsKeepMore) {
  EXPECT_EQ(gguf_tensor_type(DType::kQ4_0, {.name = "output_norm.weight", .shape = {512}}), DType::kF32);
  EXPECT_EQ(type_of(DType::kF16, "output.weight", 512, true), DType::kF16);
  EXPECT_EQ(type_of(DType::kQ8_0, "output.weight", 512, true), DType::kQ8_0);
  for (const DType wanted :
       {DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ4_K, DType::kQ5_K}) {
    EXPECT_EQ(type_of(wanted, "output.weight", 512, true), DType::kQ6_K);
    EXPECT_EQ(type_of(wanted, "token_embd.weight", 512, true), wanted);
    EXPECT_EQ(type_of(wanted, "token_embd.weight", 512), DType::kQ6_K);  // it is the output matrix too
    EXPECT_EQ(type_of(wanted, "blk.4.attn_k.weight", 512), wanted);
  }
  // Of 24 layers: 0 to 2, 21 to 23, and 5, 8, 11, 14, 17, 20.
  const std::set<int> delicate = {0, 1, 2, 5, 8, 11, 14, 17, 20, 21, 22, 23};
  for (int layer = 0; layer < 24; ++layer) {
    const DType expected = delicate.contains(layer) ? DType::kQ6_K : DType::kQ4_K;
    EXPECT_EQ(type_of(DType::kQ4_K, fmt::format("blk.{}.attn_v.weight", layer).c_str(), 512), expected)
        << layer;
    EXPECT_EQ(type_of(DType::kQ4_K, fmt::format("blk.{}.ffn_down.weight", layer).c_str(), 512), expected)
        << layer;
    EXPECT_EQ(type_of(DType::kQ4_K, fmt::format("blk.{}.ffn_up.weight", layer).c_str(), 512), DType::kQ4_K);
    EXPECT_EQ(type_of(DType::kQ6_K, fmt::format("blk.{}.attn_v.weight", layer).c_str(), 512), DType::kQ6_K);
  }
}

TEST(GgufTensorTypes, RowsThatAreTooShortForBlocks) {
  EXPECT_EQ(type_of(DType::kQ4_K, "blk.4.attn_k.weight", 576), DType::kQ5_0);
  EXPECT_EQ(type_of(DType::kQ5_K, "blk.4.attn_k.weight", 576), DType::kQ5_1);
  EXPECT_EQ(type_of(DType::kQ6_K, "blk.4.attn_k.weight", 576), DType::kQ8_0);
  for (const auto& [type, name] : kGgufTypes) {
    const DType chosen = type_of(type, "blk.4.attn_k.weight", 24);
    EXPECT_EQ(chosen, is_quantized(type) ? DType::kF16 : type) << name;
  }
}

}  // namespace
}  // namespace auris::models
