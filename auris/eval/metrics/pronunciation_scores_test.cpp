// Hand-computed cases.
#include "auris/eval/metrics/pronunciation_scores.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

using enum ScoreAspect;

constexpr std::string_view kWords =
    "Mark's for sale. For \"mark's\", accuracy is 10, stress is 9, and total score is 8. For \"for\", "
    "accuracy is 5, "
    "stress is 10, and total score is 6. For \"sale\", accuracy is 10, stress is 10, and total score is 10.";
constexpr std::string_view kSentence =
    "Tomato spring photo. For the sentence: accuracy is 8, prosodic is 7, fluency is 9 total score is 6.";

TEST(PronunciationScores, WordByWord) {
  const auto scores = parse_pronunciation_scores(kWords);
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_EQ(scores[0].word, "mark's");
  EXPECT_EQ(scores[0][kAccuracy], 10);
  EXPECT_EQ(scores[0][kStress], 9);
  EXPECT_EQ(scores[0][kTotal], 8);
  EXPECT_EQ(scores[0][kFluency], std::nullopt);
  EXPECT_EQ(scores[1].word, "for");
  EXPECT_EQ(scores[1][kAccuracy], 5);
  EXPECT_EQ(scores[2].word, "sale");
}

TEST(PronunciationScores, OfTheSentence) {
  const auto scores = parse_pronunciation_scores(kSentence);
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].word, "");
  EXPECT_EQ(scores[0][kAccuracy], 8);
  EXPECT_EQ(scores[0][kProsody], 7);
  EXPECT_EQ(scores[0][kFluency], 9);
  EXPECT_EQ(scores[0][kTotal], 6);
  EXPECT_EQ(scores[0][kStress], std::nullopt);
}

TEST(PronunciationScores, SmallDeviations) {
  for (std::string_view text :
       {"FOR 'MARK': ACCURACY = 10, STRESS: 9, TOTAL SCORE IS 8", "for mark, accuracy 10; stress 9; total 8",
        "For the word “mark”: accuracy score is 10, stress score is 9/10, and total is 8.0.",
        "- For ‘mark’ - accuracy (10), stress (9), total (8)"}) {
    const auto scores = parse_pronunciation_scores(text);
    ASSERT_EQ(scores.size(), 1u) << text;
    EXPECT_TRUE(scores[0].word == "mark" || scores[0].word == "MARK") << text << scores[0].word;
    EXPECT_EQ(scores[0][kAccuracy], 10) << text;
    EXPECT_EQ(scores[0][kStress], 9) << text;
    EXPECT_EQ(scores[0][kTotal], 8) << text;
  }
  for (std::string_view text : {"{'accuracy': 9, 'prosody': 8.5, 'fluency': 7, 'total_score': 24}",
                                "The scores are: accuracy=9, prosody=8.5, fluency=7, total=24.",
                                "Thanks for coming. Accuracy: 9 Prosodic: 8.5-9.0 Fluency: 7\nTotal: 24"}) {
    const auto scores = parse_pronunciation_scores(text);
    ASSERT_EQ(scores.size(), 1u) << text;
    EXPECT_EQ(scores[0].word, "") << text;
    EXPECT_EQ(scores[0][kAccuracy], 9) << text;
    EXPECT_EQ(scores[0][kProsody], 8.5) << text;
    EXPECT_EQ(scores[0][kFluency], 7) << text;
    EXPECT_EQ(scores[0][kTotal], 24) << text;
  }
}

TEST(PronunciationScores, NoScores) {
  for (std::string_view text :
       {"", "Daddy, nice, can", "10", "The total was good.", "accuracy, stress and total", "subtotal 5"}) {
    EXPECT_TRUE(parse_pronunciation_scores(text).empty()) << text;
  }
}

TEST(PronunciationScores, Score) {
  PronunciationSums sums = pronunciation_sums(kSentence, kSentence);
  EXPECT_EQ(sums.scores.items, 4);
  EXPECT_EQ(sums.exact_items, 1);
  // Without the total, with an accuracy that is out of range, one point off in prosody.
  sums += pronunciation_sums(kSentence, "for the sentence: accuracy is 80, prosodic is 8, fluency is 9");
  EXPECT_EQ(sums.items, 2);
  EXPECT_EQ(sums.exact_items, 1);
  EXPECT_DOUBLE_EQ(*sums.scores.coverage(), 6.0 / 8);
  EXPECT_DOUBLE_EQ(*sums.scores.mean_absolute_error(), 1.0 / 6);
  EXPECT_DOUBLE_EQ(*sums.scores.exact_rate(), 5.0 / 8);
  EXPECT_DOUBLE_EQ(*sums.scores.penalised_mean_absolute_error(), (1.0 + 8 + 6) / 8);
}

TEST(PronunciationScores, WordsAreComparedInTurn) {
  const std::string_view truth =
      "For \"no\", accuracy is 3. For \"yes\", accuracy is 4. For \"No\", accuracy is 5.";
  const std::string_view answer =
      "For \"well\", accuracy is 9. For \"no\", accuracy is 2. For \"NO\", accuracy is 5.";
  const PronunciationSums sums = pronunciation_sums(truth, answer);
  EXPECT_EQ(sums.scores.items, 3);
  EXPECT_EQ(sums.scores.answered, 2);
  EXPECT_EQ(sums.scores.exact, 1);
  EXPECT_DOUBLE_EQ(sums.scores.error, 1);
  EXPECT_THROW(pronunciation_sums("accuracy is 11", ""), Error);
}

TEST(PronunciationScores, HostileAnswers) {
  const auto repeated = [](std::string_view part) {
    std::string text;
    while (text.size() < 1'000'000) text += part;
    return text;
  };
  for (std::string_view part : {"accuracy", "accuracy ", "for ", "for \"", "for the ", "for 'accuracy is 9",
                                "9", "accuracy is 999999999999 ", "\xFF\xC3", "for the word "}) {
    parse_pronunciation_scores(repeated(part));
  }
  EXPECT_EQ(parse_pronunciation_scores(std::string("\0\xFFtotal 5", 9)).size(),
            0u);  // \xFF counts as a letter
  EXPECT_EQ(parse_pronunciation_scores(std::string("\xFF\0total 5", 9)).size(), 1u);
}

}  // namespace
}  // namespace auris::eval
