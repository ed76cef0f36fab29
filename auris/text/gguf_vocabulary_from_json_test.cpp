#include "auris/text/gguf_vocabulary_from_json.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/text/golden_cases.h"

namespace auris::text {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string fixture(const std::string& name) { return golden_path(name + ".tokenizer.json"); }

class FromJson : public ::testing::TestWithParam<std::string> {};

// What Hugging Face's tokenizers library computes (tools/reference/dump_tokenizers.py).
TEST_P(FromJson, TokenizesAsTheOriginal) {
  check_golden(*tokenizer_from_gguf(gguf_metadata_of(gguf_vocabulary_from_json(fixture(GetParam())))),
               GetParam());
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, FromJson, ::testing::Values("gpt2", "llama-3", "qwen2"),
                         [](const auto& test) { return test.param == "llama-3" ? "llama3" : test.param; });

// The metadata that tools/reference/dump_gguf_vocabularies.py makes of the same files.
TEST(GgufVocabularyFromJson, IsWhatTheReferenceWrites) {
  for (const auto& [name, golden] :
       {std::pair("llama-3", "gguf-llama-bpe"), std::pair("qwen2", "gguf-qwen2")}) {
    std::ifstream file(golden_path(std::string(golden) + ".json"));
    const json expected = json::parse(file).at("metadata");
    const json ours = gguf_metadata_of(gguf_vocabulary_from_json(fixture(name)));
    for (const char* key : {"model", "pre", "tokens", "token_type", "merges"}) {
      const std::string full = std::string("tokenizer.ggml.") + key;
      EXPECT_EQ(ours.at(full), expected.at(full)) << name << " " << key;
    }
  }
}

TEST(GgufVocabularyFromJson, BeginningsAndEnds) {
  const json llama = gguf_metadata_of(gguf_vocabulary_from_json(fixture("llama-3")));
  const auto tokenizer = load_tokenizer_json(fixture("llama-3"));
  EXPECT_EQ(llama.at("tokenizer.ggml.bos_token_id"), *tokenizer->find("<|begin_of_text|>"));
  EXPECT_EQ(llama.at("tokenizer.ggml.add_bos_token"), true);
  EXPECT_EQ(gguf_metadata_of(gguf_vocabulary_from_json(fixture("gpt2"))).at("tokenizer.ggml.add_bos_token"),
            false);
}

TEST(GgufVocabularyFromJson, IdsWithoutATokenAreUnused) {
  TestFolder folder;
  json file = json::parse(std::ifstream(fixture("gpt2")));
  const auto size = static_cast<TokenId>(gguf_vocabulary_from_json(fixture("gpt2")).types.size());
  file["added_tokens"].push_back({{"content", "<far>"}, {"id", size + 2}, {"special", false}});
  folder.write("tokenizer.json", file.dump());
  const GgufVocabulary vocabulary = gguf_vocabulary_from_json(folder / "tokenizer.json");
  ASSERT_EQ(vocabulary.vocabulary->size(), size + 3);
  EXPECT_EQ(vocabulary.vocabulary->text(size + 1), "[PAD" + std::to_string(size + 1) + "]");
  EXPECT_EQ(vocabulary.types[static_cast<size_t>(size) + 1], GgufTokenType::kUnused);
  EXPECT_EQ(vocabulary.types[static_cast<size_t>(size) + 2], GgufTokenType::kUserDefined);
}

TEST(GgufVocabularyFromJson, OtherTokenizersAreRefused) {
  for (const auto& [name, message] :
       {std::pair("tekken", "cut text into words"), std::pair("gemma", "SentencePiece"),
        std::pair("t5", "other than BPE")}) {
    try {
      gguf_vocabulary_from_json(fixture(name));
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
}

}  // namespace
}  // namespace auris::text
