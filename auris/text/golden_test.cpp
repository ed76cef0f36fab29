// Ids and decoded text of hard strings, compared with the reference implementations (tools/reference/dump_tokenizers.py).

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/cache_folder.h"
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
