#pragma once
// The number that an answer in English gives, and the mean absolute error of such answers. Released
// benchmarks drop answers without a number, so that a model gains by giving none; the penalised error counts
// them.

#include <cstdint>
#include <optional>
#include <string_view>

#include "auris/eval/metrics/corpus_item.h"

namespace auris::eval {

struct NumberRange {
  double minimum = 0, maximum = 0;  // both belong to it

  bool has(double value) const { return value >= minimum && value <= maximum; }
  bool operator==(const NumberRange&) const = default;
};

// The first number of the range in the answer; nothing if there is none. Read are
//   digits with sign, decimal point and commas between thousands: 24, -3.5, 1,234
//   words: twenty-four, one hundred and five, three point five, minus two
//   two numbers, as their mean: 20-24, 20 to 24, 20 or 21, between twenty and thirty
//   decades, as what ends in 5: 30s, his thirties (35); early 30s (32), late 30s (38); teens, teenager (16)
// Not read are digits inside words (C4, 1st) and the whole range, which only repeats the question. A word
// from zero to nine by itself ("this one") counts only if there is no other number.
std::optional<double> number_in(std::string_view answer, const NumberRange& range);

// What answers with numbers add up to.
struct NumberSums {
  int64_t items = 0;
  int64_t answered = 0;        // with a number of the range
  int64_t exact = 0;           // with the right one
  double error = 0;            // absolute, of answered items
  double penalised_error = 0;  // of all: the largest error that the range allows for the others

  NumberSums& operator+=(const NumberSums& other);
  // Nothing without items (or, the first one, without answers).
  std::optional<double> mean_absolute_error() const;
  std::optional<double> penalised_mean_absolute_error() const;
  std::optional<double> coverage() const;
  std::optional<double> exact_rate() const;
  // Of one item, for resampling.
  CorpusItem error_item() const;
  CorpusItem penalised_item() const;
  bool operator==(const NumberSums&) const = default;
};

// Of one item. `answer` outside the range counts as none. kUsage if the truth is outside, or the range is
// empty or not finite.
NumberSums number_sums(double truth, std::optional<double> answer, const NumberRange& range);

}  // namespace auris::eval
