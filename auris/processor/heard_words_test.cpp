// Words of one model under the tokens of another: which states each gets follows from the bytes they cover.

#include "auris/processor/heard_words.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "auris/base/rng.h"
#include "tests/source_folder.h"

namespace auris::processor {
namespace {

std::shared_ptr<const text::Tokenizer> tokenizer() {
  static const auto one = text::load_tokenizer_json(std::filesystem::path(AURIS_SOURCE_DIR) / "tests" /
                                                    "golden" / "processor" / "tokenizer.json");
  return one;
}

// The state of token i is (i, i * i).
Recognition heard(const std::string& text, std::vector<size_t> token_ends) {
  std::vector<float> numbers;
  for (size_t i = 0; i < token_ends.size(); ++i) {
    const auto number = static_cast<float>(i);
    numbers.insert(numbers.end(), {number, number * number});
  }
  Recognition recognition{.text = text, .token_ends = std::move(token_ends)};
  recognition.states = Tensor::from(numbers, {static_cast<int64_t>(recognition.token_ends.size()), 2});
  return recognition;
}

TEST(HeardWords, TokensAreTheTextAndCoverIt) {
  const std::string text = "Über 3 hörbare Wörter, im Ganzen";
  const models::HeardSpeech speech = heard_speech(heard(text, {4, 9, text.size()}), *tokenizer());
  EXPECT_EQ(tokenizer()->decode(speech.words), text);
  EXPECT_EQ(speech.states.rows(), static_cast<int64_t>(speech.words.size()));
  EXPECT_EQ(speech.rows(), static_cast<int64_t>(speech.words.size()));
}

// Byte by byte: a word's state is the mean of the states of its bytes.
TEST(HeardWords, AStateIsTheMeanOverTheBytesOfAWord) {
  const std::string text = "the quick brown fox jumps over the lazy dog, again and again";
  Rng rng(5);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<size_t> ends;
    for (size_t at = 0; at < text.size();) {
      at = std::min(text.size(), at + 1 + rng.below(6));
      ends.push_back(at);
    }
    const Recognition recognition = heard(text, ends);
    const models::HeardSpeech speech = heard_speech(recognition, *tokenizer());
    size_t begin = 0;
    for (size_t word = 0; word < speech.words.size(); ++word) {
      const size_t end = begin + tokenizer()->piece(speech.words[word]).size();
      double sum = 0, squares = 0;
      for (size_t byte = begin; byte < end; ++byte) {
        const auto token =
            static_cast<double>(std::upper_bound(ends.begin(), ends.end(), byte) - ends.begin());
        sum += token;
        squares += token * token;
      }
      const float* state = speech.states.data<float>() + 2 * word;
      const auto bytes = static_cast<double>(end - begin);
      EXPECT_NEAR(state[0], sum / bytes, 1e-5) << word;
      EXPECT_NEAR(state[1], squares / bytes, 1e-4) << word;
      begin = end;
    }
    EXPECT_EQ(begin, text.size());
  }
}

TEST(HeardWords, WordsThatNobodyHeardHaveNoStates) {
  const models::HeardSpeech speech = heard_speech({.text = "known words"}, *tokenizer());
  EXPECT_FALSE(speech.words.empty());
  EXPECT_FALSE(speech.states.defined());
}

TEST(HeardWords, WhereNobodySpeaksOnlySoundIsLeft) {
  const models::HeardSpeech speech = heard_speech({.sound = Tensor::zeros({8, 2})}, *tokenizer());
  EXPECT_TRUE(speech.words.empty());
  EXPECT_EQ(speech.rows(), 8);
}

}  // namespace
}  // namespace auris::processor
