// The rules of openai-whisper's ApplyTimestampRules, one by one.

#include "auris/generate/whisper/token_rules.h"

#include <gtest/gtest.h>

#include <cmath>

#include "auris/base/cache_folder.h"
#include "auris/generate/whisper/top_tokens.h"

namespace auris::generate {
namespace {

class TokenRulesTest : public ::testing::Test {
 protected:
  TokenRulesTest()
      : vocabulary_(text::load_tokenizer_json(model_folder() / "whisper-base" / "tokenizer.json"), 51865) {}

  std::vector<float> apply(std::vector<TokenId> written, TokenRuleOptions options = {}, size_t prefix = 0) {
    std::vector<float> logits(static_cast<size_t>(vocabulary_.size), 0.0f);
    TokenRules(vocabulary_, std::move(options)).before_softmax(logits, written, prefix);
    return logits;
  }
  bool allowed(const std::vector<float>& logits, TokenId id) const {
    return logits[static_cast<size_t>(id)] > kForbidden;
  }
  TokenId time(int steps) const { return vocabulary_.timestamp_begin + steps; }

  WhisperVocabulary vocabulary_;
};

TEST_F(TokenRulesTest, BeginsWithAnEarlyTimestamp) {
  std::vector<float> logits = apply({});
  EXPECT_FALSE(allowed(logits, 100));
  EXPECT_FALSE(allowed(logits, vocabulary_.end_of_text));
  EXPECT_TRUE(allowed(logits, time(0)));
  EXPECT_TRUE(allowed(logits, time(50)));
  EXPECT_FALSE(allowed(logits, time(51)));
}

TEST_F(TokenRulesTest, TextFollowsTheOpeningTimestamp) {
  std::vector<float> logits = apply({time(3)});
  EXPECT_TRUE(allowed(logits, 100));
  EXPECT_FALSE(allowed(logits, time(3)));
  EXPECT_FALSE(allowed(logits, time(1500)));
  EXPECT_FALSE(allowed(logits, vocabulary_.no_timestamps));
}

TEST_F(TokenRulesTest, TimestampsNeverGoBack) {
  std::vector<float> logits = apply({time(10), 100});
  EXPECT_FALSE(allowed(logits, time(10)));
  EXPECT_TRUE(allowed(logits, time(11)));
  EXPECT_TRUE(allowed(logits, 100));
}

TEST_F(TokenRulesTest, AClosedSegmentIsFollowedByATimestampOrTheEnd) {
  std::vector<float> logits = apply({time(10), 100, time(20)});
  EXPECT_FALSE(allowed(logits, 100));
  EXPECT_TRUE(allowed(logits, vocabulary_.end_of_text));
  EXPECT_FALSE(allowed(logits, time(19)));
  EXPECT_TRUE(allowed(logits, time(20)));
}

TEST_F(TokenRulesTest, PrefixLiftsTheFirstTimestamp) {
  std::vector<float> logits = apply({time(0), 100}, {}, 2);
  EXPECT_TRUE(allowed(logits, 100));
}

TEST_F(TokenRulesTest, WithoutTimestampsOnlySuppressionApplies) {
  std::vector<float> logits =
      apply({}, {.suppressed = {7}, .suppressed_at_begin = {220}, .timestamps = false});
  EXPECT_FALSE(allowed(logits, 7));
  EXPECT_FALSE(allowed(logits, 220));
  EXPECT_TRUE(allowed(logits, 100));
  logits = apply({100}, {.suppressed = {7}, .suppressed_at_begin = {220}, .timestamps = false});
  EXPECT_FALSE(allowed(logits, 7));
  EXPECT_TRUE(allowed(logits, 220));
}

TEST_F(TokenRulesTest, RepeatedNgramsAreForbidden) {
  std::vector<float> logits = apply({1, 2, 3, 1, 2}, {.timestamps = false, .no_repeat_ngram = 3});
  EXPECT_FALSE(allowed(logits, 3));
  EXPECT_TRUE(allowed(logits, 1));
}

TEST_F(TokenRulesTest, RepetitionPenaltyLowersScoresOfBothSigns) {
  std::vector<float> logits(static_cast<size_t>(vocabulary_.size), 0.0f);
  logits[5] = 3.0f;
  logits[6] = -3.0f;
  std::vector<TokenId> written = {5, 6, 5};
  TokenRules(vocabulary_, {.timestamps = false, .repetition_penalty = 1.5f})
      .before_softmax(logits, written, 0);
  EXPECT_FLOAT_EQ(logits[5], 2.0f);
  EXPECT_FLOAT_EQ(logits[6], -4.5f);
}

TEST_F(TokenRulesTest, LikelyTimestampsTogetherBeatOneWord) {
  std::vector<float> log_probs(static_cast<size_t>(vocabulary_.size), kForbidden);
  log_probs[100] = std::log(0.4f);
  for (int i = 20; i < 24; ++i) log_probs[static_cast<size_t>(time(i))] = std::log(0.15f);
  TokenRules rules(vocabulary_, {});
  std::vector<TokenId> written = {time(10), 100};
  rules.after_softmax(log_probs, written, 0);
  EXPECT_FALSE(allowed(log_probs, 100));
  EXPECT_NEAR(std::exp(log_probs[static_cast<size_t>(time(20))]), 0.25, 1e-5);

  std::fill(log_probs.begin(), log_probs.end(), kForbidden);
  log_probs[100] = std::log(0.7f);
  log_probs[static_cast<size_t>(time(20))] = std::log(0.3f);
  rules.after_softmax(log_probs, written, 0);
  EXPECT_TRUE(allowed(log_probs, 100));
}

TEST_F(TokenRulesTest, KnowsTheVocabulary) {
  EXPECT_TRUE(vocabulary_.multilingual());
  EXPECT_EQ(vocabulary_.languages().size(), 99u);
  EXPECT_EQ(vocabulary_.find_language("Spanish")->code, "es");
  EXPECT_EQ(vocabulary_.find_language("castilian")->code, "es");
  EXPECT_EQ(vocabulary_.find_language("FR")->token, 50265);
  EXPECT_EQ(vocabulary_.find_language("klingon"), nullptr);
  // CTranslate2's converter wrote the same list into config.json.
  EXPECT_EQ(vocabulary_.non_speech_tokens().size(), 88u);
  EXPECT_EQ(vocabulary_.timestamp_begin, 50364);
}

TEST(TopTokens, BestFirstSmallerIdOnTies) {
  std::vector<float> scores(1000, -5.0f);
  scores[999] = 3.0f;
  scores[0] = 1.0f;
  scores[500] = 3.0f;
  std::vector<ScoredToken> best = top_tokens(scores, 4);
  ASSERT_EQ(best.size(), 4u);
  EXPECT_EQ(best[0].token, 500);
  EXPECT_EQ(best[1].token, 999);
  EXPECT_EQ(best[2].token, 0);
  EXPECT_EQ(best[3].token, 1);
  EXPECT_EQ(top_tokens(std::span(scores).first(2), 10).size(), 2u);
}

}  // namespace
}  // namespace auris::generate
