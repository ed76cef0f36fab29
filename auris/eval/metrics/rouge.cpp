#include "auris/eval/metrics/rouge.h"

#include <algorithm>
#include <cstdint>

#include "auris/eval/metrics/ngrams.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

size_t common_subsequence(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<size_t> row(b.size() + 1);  // the longest of the words of `a` so far and the first words of `b`
  for (uint32_t symbol : a) {
    size_t diagonal = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = symbol == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> rouge_words(std::string_view text, RougeWords words) {
  const char* const others = words == RougeWords::kAscii ? "[^a-z0-9]+" : R"([^\p{L}\p{M}\p{N}]+)";
  return text::words_of(text::substitute(text::lower(text::to_valid_utf8(text)), others, " "));
}

RougeScore rouge_l(std::string_view reference, std::string_view hypothesis, RougeWords words) {
  WordNumbers numbers;
  const std::vector<uint32_t> wanted = numbers.number(rouge_words(reference, words));
  const std::vector<uint32_t> said = numbers.number(rouge_words(hypothesis, words));
  if (wanted.empty() || said.empty()) return {};
  const auto common = static_cast<double>(common_subsequence(wanted, said));
  RougeScore score{.precision = common / static_cast<double>(said.size()),
                   .recall = common / static_cast<double>(wanted.size())};
  const double sum = score.precision + score.recall;
  score.f = sum > 0 ? 2 * score.precision * score.recall / sum : 0;
  return score;
}

}  // namespace auris::eval
