// Ids and decoded text of hard strings, compared with the reference implementations
// (tools/reference/dump_tokenizers.py).

#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/cache_folder.h"
#include "auris/base/error.h"
#include "auris/text/golden_cases.h"
#include "auris/text/tokenizer.h"
#include "auris/weights/checkpoint.h"

namespace auris::text {
namespace {

TEST(GoldenTokenizer, SmolLm2FromGguf) {
  const auto checkpoint =
      weights::open_checkpoint(model_folder() / "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
  const auto tokenizer = tokenizer_from_gguf(checkpoint->metadata());
  check_golden(*tokenizer, "smollm2");
  EXPECT_EQ(tokenizer->bos(), 1);
  EXPECT_EQ(tokenizer->eos(), 2);
}

TEST(GoldenTokenizer, WhisperBase) {
  const auto tokenizer = load_tokenizer_json(model_folder() / "whisper-base/tokenizer.json");
  check_golden(*tokenizer, "whisper-base");
  EXPECT_EQ(tokenizer->vocab_size(), 51865);
}

TEST(GoldenTokenizer, WhisperTinyEnglish) {
  const auto tokenizer = load_tokenizer_json(model_folder() / "whisper-tiny.en/tokenizer.json");
  check_golden(*tokenizer, "whisper-tiny.en");
  EXPECT_EQ(tokenizer->vocab_size(), 51864);
}

class GoldenFixture : public testing::TestWithParam<const char*> {};

// Small vocabularies in the structure of published files (tools/reference/make_tokenizers.py).
TEST_P(GoldenFixture, TokenizerJson) {
  const std::string name = GetParam();
  const auto tokenizer = load_tokenizer_json(golden_path(name + ".tokenizer.json"));
  check_golden(*tokenizer, name);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenFixture,
                         testing::Values("gpt2", "llama-3", "qwen2", "tekken", "gemma", "mistral-prepend",
                                         "mistral-metaspace", "t5", "xlm-r", "parts"));

TEST(GoldenTokenizer, SentencepieceUnigram) {
  check_golden(*load_sentencepiece(golden_path("sentencepiece-unigram.model")), "sentencepiece-unigram");
}

TEST(GoldenTokenizer, SentencepieceBpe) {
  check_golden(*load_sentencepiece(golden_path("sentencepiece-bpe.model")), "sentencepiece-bpe");
}

class GoldenGguf : public testing::TestWithParam<const char*> {};

// Ids by llama.cpp (tools/reference/dump_gguf_vocabularies.py).
TEST_P(GoldenGguf, IsLlamaCpp) {
  std::ifstream file(golden_path(std::string("gguf-") + GetParam() + ".json"));
  ASSERT_TRUE(file);
  const auto golden = nlohmann::json::parse(file);
  const auto tokenizer = tokenizer_from_gguf(golden.at("metadata"));
  ASSERT_GE(golden.at("cases").size(), 280u);
  for (const auto& item : golden.at("cases")) {
    const std::string text = bytes_from_hex(item.at("text"));
    SCOPED_TRACE(auris::quoted(text, 200));
    MarkedText marked;
    marked.append(text, true);
    const auto ids = item.at("ids").get<std::vector<TokenId>>();
    EXPECT_EQ(tokenizer->encode(marked), ids);
    EXPECT_EQ(tokenizer->encode(text), item.value("untrusted", ids));
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenGguf, testing::Values("spm", "llama-bpe", "qwen2"));

// The vocabulary.txt beside a CTranslate2 model lists every token by id, timestamps included.
TEST(GoldenTokenizer, WhisperTimestampsAreWhereTheModelHasThem) {
  for (const char* name : {"whisper-base", "whisper-tiny.en"}) {
    const auto tokenizer = load_tokenizer_json(model_folder() / name / "tokenizer.json");
    std::ifstream file(model_folder() / name / "vocabulary.txt");
    ASSERT_TRUE(file);
    std::string line;
    int64_t id = 0;
    int compared = 0;
    for (; std::getline(file, line); ++id) {
      if (!line.starts_with("<|")) continue;
      EXPECT_EQ(tokenizer->find(line), id) << line;
      EXPECT_TRUE(tokenizer->is_special(static_cast<TokenId>(id))) << line;
      ++compared;
    }
    EXPECT_EQ(id, tokenizer->vocab_size());
    EXPECT_GE(compared, 1501 + 107);
  }
}

}  // namespace
}  // namespace auris::text
