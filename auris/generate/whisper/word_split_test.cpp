// Against openai-whisper's split_to_word_tokens (tools/reference/whisper_words.py).

#include "auris/generate/whisper/word_split.h"

#include <gtest/gtest.h>

#include <fstream>

#include "auris/base/cache_folder.h"
#include "auris/generate/whisper/hallucination.h"
#include "auris/generate/whisper/time_warp.h"
#include "tests/source_folder.h"

namespace auris::generate {
namespace {

TEST(WordSplit, EqualsOpenAiInNineLanguages) {
  WhisperVocabulary vocabulary(text::load_tokenizer_json(model_folder() / "whisper-base" / "tokenizer.json"),
                               51865);
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/whisper/words.json");
  nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden.size(), 9u);
  for (const nlohmann::json& entry : golden) {
    std::string language = entry["language"];
    std::vector<TokenWord> words =
        split_words(vocabulary, entry["tokens"].get<std::vector<TokenId>>(), language);
    std::vector<std::string> texts;
    std::vector<std::vector<TokenId>> tokens;
    for (const TokenWord& word : words) {
      texts.push_back(word.text);
      tokens.push_back(word.tokens);
    }
    EXPECT_EQ(texts, entry["words"].get<std::vector<std::string>>()) << language;
    EXPECT_EQ(tokens, entry["word_tokens"].get<std::vector<std::vector<TokenId>>>()) << language;
  }
}

TEST(WordSplit, JoinsPunctuation) {
  std::vector<TimedWord> words;
  for (const char* text : {" \"", "Well", ",\"", " he", " said", "."}) {
    words.push_back({text, {static_cast<TokenId>(words.size())}, 0, 0, 0});
  }
  join_punctuation(words, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、");
  EXPECT_EQ(words[0].text, "");
  EXPECT_EQ(words[1].text, " \"Well");  // ,\" is no substring of the closing signs
  EXPECT_EQ(words[1].tokens, (std::vector<TokenId>{0, 1}));
  EXPECT_EQ(words[4].text, " said.");
  EXPECT_EQ(words[5].text, "");
}

TEST(TimeWarp, FollowsTheCheapDiagonal) {
  std::vector<float> cost = {0, 1, 1, 1,  //
                             1, 0, 0, 1,  //
                             1, 1, 1, 0};
  std::vector<WarpPoint> path = time_warp(cost, 3, 4);
  std::vector<std::pair<int64_t, int64_t>> points;
  points.reserve(path.size());
  for (WarpPoint point : path) points.push_back({point.row, point.col});
  EXPECT_EQ(points, (std::vector<std::pair<int64_t, int64_t>>{{0, 0}, {1, 1}, {1, 2}, {2, 3}}));
}

TEST(TimeWarp, MedianFilterReflectsAtTheEdges) {
  std::vector<float> x = {9, 1, 2, 8, 3};
  EXPECT_EQ(median_filter(x, 1, 5, 3), (std::vector<float>{1, 2, 2, 3, 8}));
  EXPECT_EQ(median_filter(x, 1, 5, 13), x);  // too short to filter
}

SegmentWords segment(double start, double end, double probability) {
  SegmentWords out;
  out.segment = {start, end, {}};
  out.words = {{" a", start, end, probability}};
  return out;
}

TEST(Hallucination, SkipsSilenceBeforeUnlikelyText) {
  SilenceRules rules = {.threshold_s = 2,
                        .window_start_s = 0,
                        .window_end_s = 30,
                        .audio_end_s = 30,
                        .recording_end_s = 60,
                        .last_speech_s = 0};
  std::vector<SegmentWords> segments = {segment(10, 10.02, 0.05)};
  SilenceVerdict verdict = judge_silence(segments, rules);
  EXPECT_TRUE(verdict.repeat_window);
  EXPECT_DOUBLE_EQ(*verdict.go_on_at_s, 10.0);

  segments = {segment(1, 1.5, 0.9), segment(10, 10.02, 0.05), segment(20, 20.5, 0.9)};
  verdict = judge_silence(segments, rules);
  EXPECT_FALSE(verdict.repeat_window);
  EXPECT_EQ(verdict.keep, 1u);
  EXPECT_DOUBLE_EQ(*verdict.go_on_at_s, 10.0);

  segments = {segment(1, 1.5, 0.9), segment(2, 2.5, 0.9)};
  verdict = judge_silence(segments, rules);
  EXPECT_EQ(verdict.keep, 2u);
  EXPECT_FALSE(verdict.go_on_at_s);
}

}  // namespace
}  // namespace auris::generate
