#pragma once
// chrF and chrF++ (Popovic 2015, 2017): F-score of character n-grams up to 6 and, for chrF++, words up to 2;
// as sacrebleu 2 computes them (beta 2, white space left out, orders that occur averaged).

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace auris::eval {

struct ChrfOptions {
  int word_order = 0;  // 2 = chrF++
  bool lower_case = false;
};

// What pairs of a hypothesis and a reference add up to; a corpus is scored by its sum.
struct ChrfSums {
  static constexpr size_t kCharacterOrders = 6, kWordOrders = 2;
  struct Order {
    int64_t hypothesis = 0, reference = 0, matches = 0;
    bool operator==(const Order&) const = default;
  };
  std::array<Order, kCharacterOrders + kWordOrders> orders{};

  ChrfSums& operator+=(const ChrfSums& other);
  // 0 to 100.
  double score() const;
  bool operator==(const ChrfSums&) const = default;
};

// With the reference that scores best. kUsage without a reference or with a word order outside 0 .. 2.
ChrfSums chrf_sums(std::string_view hypothesis, std::span<const std::string_view> references,
                   const ChrfOptions& options = {});

}  // namespace auris::eval
