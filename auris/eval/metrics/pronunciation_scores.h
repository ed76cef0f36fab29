#pragma once
// Scores of a speaker's pronunciation, word by word or of the whole sentence, as LLaSO's two tasks (arXiv
// 2508.15418; from SpeechOcean762) have them answered:
//   For "mark", accuracy is 10, stress is 10, and total score is 10. For "is", ...
//   For the sentence: accuracy is 9, prosodic is 9, fluency is 9 total score is 9.
// Read in any case, with or without quotes and signs: "for mark: Accuracy = 10".

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "auris/eval/metrics/number_answer.h"

namespace auris::eval {

enum class ScoreAspect : uint8_t { kAccuracy, kStress, kProsody, kFluency, kTotal };
constexpr size_t kScoreAspects = 5;

struct PronunciationScores {
  std::string_view word;  // as written, valid as long as the text; empty: the sentence
  std::array<std::optional<double>, kScoreAspects> scores;

  std::optional<double> operator[](ScoreAspect aspect) const { return scores[static_cast<size_t>(aspect)]; }
};

// In order. Of an aspect that is scored twice, the first score. Linear in the text.
std::vector<PronunciationScores> parse_pronunciation_scores(std::string_view text);

struct PronunciationSums {
  NumberSums scores;  // each score of the truth counts as an item
  int64_t items = 0;
  int64_t exact_items = 0;  // with all scores right

  PronunciationSums& operator+=(const PronunciationSums& other);
  bool operator==(const PronunciationSums&) const = default;
};

// Of one item. The n-th scores of a word in the truth are compared with those that the answer gives to the
// n-th same word (folded_text.h); scores of other words in the answer do not count. kUsage if a score of the
// truth is outside the range.
PronunciationSums pronunciation_sums(std::string_view truth, std::string_view answer,
                                     const NumberRange& range = {.minimum = 0, .maximum = 10});

}  // namespace auris::eval
