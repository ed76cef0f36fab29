#pragma once
// Word, character and phone error rates of a corpus: edits over reference length, summed over all pairs
// before the division (as jiwer and NIST sclite do). Texts are compared as they are: normalise them first
// (text/whisper_normalizer.h), both sides alike.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "auris/eval/metrics/edit_alignment.h"
#include "auris/eval/metrics/symbol_numbers.h"

namespace auris::eval {

enum class ErrorUnit {
  kWord,       // between white space
  kCharacter,  // code points, blanks included, without those at the ends
  kPhone,  // IPA: a base letter with its diacritics, length and tie; stress marks, blanks and syllable dots
           // left out
};

struct ErrorRateSums {
  EditCounts edits;
  int64_t pairs = 0;
  int64_t empty_references = 0;    // their insertions count, their length is 0
  int64_t empty_hypotheses = 0;    // of references that are not empty
  int64_t runaway_hypotheses = 0;  // as many errors as reference units, or more: lost or invented altogether

  ErrorRateSums& operator+=(const ErrorRateSums& other);
  // 1 = as many errors as the references are long; nothing without any reference.
  std::optional<double> rate() const;
};

// What one pair's alignment says, in the units' own texts (valid as long as the texts).
struct AlignedPair {
  std::vector<std::string_view> reference, hypothesis;
  std::vector<EditSpan> spans;
};

// Reuses its memory from pair to pair: one per thread.
class ErrorCounter {
 public:
  explicit ErrorCounter(ErrorUnit unit) : unit_(unit) {}

  EditCounts count(std::string_view reference, std::string_view hypothesis);
  AlignedPair align(std::string_view reference, std::string_view hypothesis);
  // Its runs, appended to `spans`.
  EditCounts append(std::string_view reference, std::string_view hypothesis, std::vector<EditSpan>& spans);

 private:
  void number(std::string_view reference, std::string_view hypothesis);

  ErrorUnit unit_;
  std::vector<std::string_view> reference_, hypothesis_;
  SymbolNumbers numbers_;
  EditAligner aligner_;
};

// The edits of one pair as sums of one pair.
ErrorRateSums sums_of(const EditCounts& edits);

// Units of one text, appended.
void split_units(std::string_view text, ErrorUnit unit, std::vector<std::string_view>& units);

// The alignments of many pairs and what they add up to.
class AlignedCorpus {
 public:
  // On all compute threads; throws kUsage if the lists differ in length.
  AlignedCorpus(std::span<const std::string_view> references, std::span<const std::string_view> hypotheses,
                ErrorUnit unit);

  size_t size() const { return size_; }
  const ErrorRateSums& sums() const { return sums_; }
  // As EditAligner::align() gives them.
  std::span<const EditSpan> spans(size_t pair) const;

 private:
  struct Part {  // of as many pairs as one job aligns
    std::vector<EditSpan> spans;
    std::vector<size_t> ends;  // of each pair
  };
  size_t size_ = 0;
  ErrorRateSums sums_;
  std::vector<Part> parts_;
};

// Over many pairs, on all compute threads; throws kUsage if the lists differ in length.
ErrorRateSums error_rate(std::span<const std::string_view> references,
                         std::span<const std::string_view> hypotheses, ErrorUnit unit);

}  // namespace auris::eval
