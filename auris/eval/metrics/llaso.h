#pragma once
// The scores of LLaSO's released scripts (arXiv 2508.15418, llaso/evaluation/metrics), defects included, for
// comparison with published numbers. What to believe instead is in label_match.h, number_answer.h,
// error_rate.h.
//
// Texts are the truth and the answer of each item of one test file, as they are in it. Broken UTF-8, which
// the scripts cannot meet, is read as U+FFFD.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/eval/metrics/corpus_item.h"
#include "auris/eval/metrics/error_rate.h"

namespace auris::eval {

struct LlasoItem {
  std::string_view truth, answer;
};

// Word and character error rate. The answer is taken for the reference and the truth for the hypothesis, so
// that the denominator is the length of the answers. No case or punctuation is folded. Runs of white space
// become one blank and go at the ends; words are what stands between blanks, so that a single line break
// joins two. `unit`: kWord or kCharacter (kUsage otherwise). An answer without words has length 0; jiwer
// before 4 refused it.
ErrorRateSums llaso_error_rate(std::span<const LlasoItem> items, ErrorUnit unit);

// Phone error rate, without IPA: letters A to Z alone, in upper case, a and d, c and f and g, h and w, k and
// n and v alike (numbers of letters looked up in a table of TIMIT phones); the mean over items of edits
// divided by the letters of the answer, or of 0 or 1 if it has none. Items at the end without letters do not
// count; nothing if truths and answers then differ in number (the script ends with an error) or none is left.
std::optional<double> llaso_phone_error_rate(std::span<const LlasoItem> items);
// The parts of that mean: an item's rate over 1, or 0 over 0 where it does not count (all, if there is
// nothing).
std::vector<CorpusItem> llaso_phone_items(std::span<const LlasoItem> items);

struct LlasoLabelSums {
  int64_t items = 0, correct = 0, abstained = 0;
};

// Accuracy and abstention over the labels that are truths of the test file; labels that no truth has are
// unknown.
class LlasoLabels {
 public:
  explicit LlasoLabels(std::span<const std::string_view> truths);

  // Without points and case: equal to the truth, or with the truth as a part and no other label as a part,
  // inside words too ("female" has "male").
  bool correct(std::string_view truth, std::string_view answer) const;
  // Not exactly one label stands in the answer without a letter a to z or digit beside it ("Northern Irish"
  // also has "Irish"). Equals the script for labels in ASCII.
  bool abstains(std::string_view answer) const;

 private:
  std::vector<std::string> accuracy_labels_, abstention_labels_;  // each once
};

LlasoLabelSums llaso_label_sums(std::span<const LlasoItem> items);

// What the scripts read as the age and as the MIDI pitch in a text; nothing where they raise an error. An age
// is an integer, or the mean of the first two numbers if a hyphen stands anywhere, or 22 for "adult".
std::optional<double> llaso_age(std::string_view text);
std::optional<double> llaso_pitch(std::string_view text);

// Items of which the truth or the answer could not be read are left out, without penalty.
struct LlasoNumberSums {
  int64_t items = 0;
  int64_t read = 0;
  double error = 0;

  std::optional<double> mean_absolute_error() const;
  std::optional<double> coverage() const;  // the scripts do not tell
};
LlasoNumberSums llaso_age_sums(std::span<const LlasoItem> items);
LlasoNumberSums llaso_pitch_sums(std::span<const LlasoItem> items);  // both within 0 .. 127

// Scores of accuracy, prosody and fluency of a sentence; nothing unless all three are found. Integers as
// digits, without zeros before them.
using LlasoSentenceScores = std::array<std::string, 3>;
std::optional<LlasoSentenceScores> llaso_sentence_scores(std::string_view text);

struct LlasoSentenceSums {
  int64_t items = 0;
  int64_t read = 0;                // both sides; shares are of these
  std::array<int64_t, 3> exact{};  // of accuracy, prosody, fluency
};
LlasoSentenceSums llaso_sentence_sums(std::span<const LlasoItem> items);

}  // namespace auris::eval
