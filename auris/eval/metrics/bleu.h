#pragma once
// BLEU (Papineni and others 2002), as sacrebleu 2 computes it: n-grams up to 4, exponential smoothing
// (mteval-v13a).

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace auris::eval {

enum class BleuTokens {
  k13a,            // mteval-v13a: Western punctuation apart; sacrebleu's default
  kInternational,  // mteval-v14: all Unicode punctuation and symbols apart
  kChinese,        // each Chinese character by itself, the rest as 13a
  kCharacters,
  kNone,  // between white space
};

struct BleuOptions {
  BleuTokens tokens = BleuTokens::k13a;
  bool lower_case = false;
};

std::vector<std::string> bleu_tokens(std::string_view text, const BleuOptions& options = {});

// What pairs of a hypothesis and its references add up to; a corpus is scored by its sum.
struct BleuSums {
  static constexpr size_t kOrders = 4;
  std::array<int64_t, kOrders> matches{};  // of n-grams, n = 1 .. 4
  std::array<int64_t, kOrders> totals{};   // of the hypotheses'
  int64_t hypothesis_length = 0;           // tokens
  int64_t reference_length = 0;            // of the reference nearest in length, the shorter of two

  BleuSums& operator+=(const BleuSums& other);
  double brevity_penalty() const;
  // 0 to 100.
  double score() const;
  // Of one sentence: orders longer than it do not count (sacrebleu's effective order).
  double sentence_score() const;
  bool operator==(const BleuSums&) const = default;
};

// kUsage without a reference.
BleuSums bleu_sums(std::string_view hypothesis, std::span<const std::string_view> references,
                   const BleuOptions& options = {});

}  // namespace auris::eval
