#pragma once
// N-grams of a sequence of symbols, counted by sorting: what BLEU and chrF compare.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace auris::eval {

__extension__ using NgramKey = unsigned __int128;

struct NgramCount {
  NgramKey key = 0;
  int64_t count = 0;
};

constexpr int kSymbolBits = 21;  // a code point, or one of two million words
constexpr int kMaxNgram = 6;     // such symbols in a key

// Sorted by key. Symbols below 2^21; `order` from 1 to 6.
std::vector<NgramCount> count_ngrams(std::span<const uint32_t> symbols, int order);

// What both hold, each n-gram as often as the one that holds it less often.
int64_t common_ngrams(std::span<const NgramCount> a, std::span<const NgramCount> b);

// Of several references: each n-gram as often as the one that holds it most often.
std::vector<NgramCount> most_of(std::span<const NgramCount> a, std::span<const NgramCount> b);

// The same number for the same word, from 0 on.
class WordNumbers {
 public:
  // kInput beyond two million different words.
  std::vector<uint32_t> number(const std::vector<std::string>& words);

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
};

}  // namespace auris::eval
