#include "auris/models/audio_llm/llaso_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "auris/base/json_text.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/testing/golden.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris::models {
namespace {

namespace fs = std::filesystem;
using testing::golden_folder;
using ::testing::HasSubstr;
using testing::relative_error;

// With tokenizers (dump_audio_scores.py).
fs::path audio_folder() { return golden_folder().parent_path() / "audio_llm"; }

constexpr int64_t kHidden = 32, kWidth = 16;  // of the golden models
constexpr int64_t kTextTokens = 273;          // ids before LLaSO's tags

std::map<std::string, Tensor> random_projector(int64_t width = kWidth) {
  Rng rng(8);
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, shape] : std::map<std::string, Shape>{{"projector.0.weight", {kHidden, width}},
                                                                {"projector.0.bias", {kHidden}},
                                                                {"projector.2.weight", {kHidden, kHidden}},
                                                                {"projector.2.bias", {kHidden}}}) {
    Tensor tensor = Tensor::empty(shape);
    for (float& value : tensor.span<float>()) value = static_cast<float>(rng.normal());
    tensors[name] = tensor;
  }
  return tensors;
}

class LlasoWriter : public ::testing::Test {
 protected:
  // A llama whose vocabulary ends before LLaSO's tags, in a folder of its own.
  std::shared_ptr<const weights::Checkpoint> plain_language() {
    const fs::path folder = folder_ / "llama";
    fs::copy(audio_folder() / "ultravox", folder);
    nlohmann::json tokenizer = read_json_file(folder / "tokenizer.json", ErrorCode::kModel);
    auto& added = tokenizer["added_tokens"];
    added.erase(added.begin() + (kTextTokens - 264), added.end());
    folder_.write("llama/tokenizer.json", tokenizer.dump());
    folder_.write("llama/tokenizer_config.json",
                  R"({"eos_token": "<|eot_id|>", "added_tokens_decoder": {}})");
    return weights::open_checkpoint(folder);
  }
  fs::path written() const { return folder_ / "written"; }

  std::string refusal(const LlasoModel& model) const {
    try {
      write_llaso_model(written(), model);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      return error.what();
    }
    return "none";
  }

  TestFolder folder_;
};

TEST_F(LlasoWriter, WritesACheckpointAgain) {
  const auto golden = weights::open_checkpoint(audio_folder() / "llaso");
  std::map<std::string, Tensor> projector;
  for (const char* name : {"0.weight", "0.bias", "2.weight", "2.bias"})
    projector[std::string("projector.") + name] =
        ops::to_f32(golden->tensor(std::string("model.mm_audio_aligner.projector.") + name));
  write_llaso_model(written(), {.language = golden,
                                .projector = projector,
                                .encoder = "openai/whisper-large-v3",
                                .encoder_width = kWidth});
  const auto again = weights::open_checkpoint(written());
  ASSERT_EQ(again->tensors().size(), golden->tensors().size());
  for (const weights::TensorInfo& info : golden->tensors())
    EXPECT_EQ(relative_error(ops::to_f32(again->tensor(info.name)), ops::to_f32(golden->tensor(info.name))),
              0.0)
        << info.name;
  for (const char* key : {"vocab_size", "rope_scaling", "audio_projector_type", "mm_audio_select_layer",
                          "mm_audio_hidden_size", "model_type", "architectures", "tie_word_embeddings"})
    EXPECT_EQ(again->metadata().at(key), golden->metadata().at(key)) << key;
  EXPECT_EQ(again->metadata().at("mm_audio_tower"), "openai/whisper-large-v3");
}

// The five tags behind the vocabulary, as the mean of what it has (llaso.md 1.4; model_eval.py).
TEST_F(LlasoWriter, AddsTheTagsThatAreMissing) {
  const auto language = plain_language();
  // The golden table has 278 rows already; those of the tags become the mean of the others.
  write_llaso_model(written(), {.language = language,
                                .projector = random_projector(),
                                .encoder = "whisper-base",
                                .encoder_width = kWidth});
  const nlohmann::json tokenizer = read_json_file(written() / "tokenizer.json", ErrorCode::kModel);
  const nlohmann::json config = read_json_file(written() / "tokenizer_config.json", ErrorCode::kModel);
  for (size_t i = 0; i < kLlasoTokens.size(); ++i) {
    const int64_t id = kTextTokens + static_cast<int64_t>(i);
    const nlohmann::json& token = tokenizer["added_tokens"].at(9 + i);
    EXPECT_EQ(token["content"], kLlasoTokens[i]);
    EXPECT_EQ(token["id"], id);
    EXPECT_EQ(config["added_tokens_decoder"][std::to_string(id)]["content"], kLlasoTokens[i]);
  }
  const Tensor table = ops::to_f32(weights::open_checkpoint(written())->tensor("model.embed_tokens.weight"));
  ASSERT_EQ(table.rows(), 278);
  for (int64_t column = 0; column < kHidden; ++column) {
    double sum = 0;
    for (int64_t row = 0; row < kTextTokens; ++row) sum += table.data<float>()[row * kHidden + column];
    EXPECT_NEAR(table.data<float>()[275 * kHidden + column], sum / kTextTokens, 1e-6);
  }
}

TEST_F(LlasoWriter, GrowsTheTableWhereItEnds) {
  const auto language = plain_language();
  nlohmann::json tokenizer = read_json_file(language->folder() / "tokenizer.json", ErrorCode::kModel);
  for (int id = static_cast<int>(kTextTokens); id < 278; ++id)
    tokenizer["added_tokens"].push_back(
        {{"id", id}, {"content", fmt::format("<reserved_{}>", id)}, {"special", true}});
  folder_.write("llama/tokenizer.json", tokenizer.dump());
  write_llaso_model(written(), {.language = language,
                                .projector = random_projector(),
                                .encoder = "whisper-base",
                                .encoder_width = kWidth});
  const auto grown = weights::open_checkpoint(written());
  EXPECT_EQ(grown->tensor("model.embed_tokens.weight").rows(), 283);
  EXPECT_EQ(grown->metadata().at("vocab_size"), 283);
}

TEST_F(LlasoWriter, RefusesWhatItCannotSay) {
  const auto language = plain_language();
  const LlasoModel fine{.language = language,
                        .projector = random_projector(),
                        .encoder = "whisper-base",
                        .encoder_width = kWidth};
  EXPECT_EQ(refusal(fine), "none");
  LlasoModel other = fine;
  other.projector = random_projector(7);
  EXPECT_THAT(refusal(other), HasSubstr("[32, 16]"));
  other.projector.erase("projector.2.bias");
  EXPECT_THAT(refusal(other), HasSubstr("projector.2.bias"));
  other = fine;
  other.language = weights::open_checkpoint(golden_folder() / "smollm2/model.gguf");
  EXPECT_THAT(refusal(other), HasSubstr("a Hugging Face folder"));
  other.language = weights::open_checkpoint(golden_folder() / "smollm2");
  EXPECT_THAT(refusal(other), HasSubstr("tokenizer.json"));
  other.language = weights::open_checkpoint(audio_folder() / "qwen2-audio");
  EXPECT_THAT(refusal(other), HasSubstr("of the kind llama"));
}

}  // namespace
}  // namespace auris::models
