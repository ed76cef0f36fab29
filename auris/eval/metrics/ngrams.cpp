#include "auris/eval/metrics/ngrams.h"

#include <algorithm>

#include "auris/base/error.h"

namespace auris::eval {

std::vector<NgramCount> count_ngrams(std::span<const uint32_t> symbols, int order) {
  AURIS_CHECK(order >= 1 && order <= kMaxNgram);
  const auto length = static_cast<size_t>(order);
  if (symbols.size() < length) return {};
  std::vector<NgramKey> keys;
  keys.reserve(symbols.size() - length + 1);
  const NgramKey mask = (NgramKey{1} << (kSymbolBits * order)) - 1;
  NgramKey key = 0;
  for (size_t i = 0; i < symbols.size(); ++i) {
    key = ((key << kSymbolBits) | symbols[i]) & mask;
    if (i + 1 >= length) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<NgramCount> counts;
  for (NgramKey k : keys) {
    if (counts.empty() || counts.back().key != k) counts.push_back({k, 0});
    ++counts.back().count;
  }
  return counts;
}

int64_t common_ngrams(std::span<const NgramCount> a, std::span<const NgramCount> b) {
  int64_t common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].key == b[j].key) {
      common += std::min(a[i++].count, b[j++].count);
    } else {
      ++(a[i].key < b[j].key ? i : j);
    }
  }
  return common;
}

std::vector<NgramCount> most_of(std::span<const NgramCount> a, std::span<const NgramCount> b) {
  std::vector<NgramCount> most;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].key < b[j].key)) {
      most.push_back(a[i++]);
    } else if (i == a.size() || b[j].key < a[i].key) {
      most.push_back(b[j++]);
    } else {
      most.push_back({a[i].key, std::max(a[i].count, b[j].count)});
      ++i, ++j;
    }
  }
  return most;
}

std::vector<uint32_t> WordNumbers::number(const std::vector<std::string>& words) {
  std::vector<uint32_t> symbols;
  symbols.reserve(words.size());
  for (const std::string& word : words) {
    symbols.push_back(numbers_.try_emplace(word, static_cast<uint32_t>(numbers_.size())).first->second);
  }
  if (numbers_.size() > (1u << kSymbolBits)) {
    throw Error(ErrorCode::kInput, {.where = "n-grams",
                                    .expected = "at most two million different words in a text",
                                    .got = std::to_string(numbers_.size()),
                                    .hint = ""});
  }
  return symbols;
}

}  // namespace auris::eval
