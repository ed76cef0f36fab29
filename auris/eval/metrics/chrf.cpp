#include "auris/eval/metrics/chrf.h"

#include <cctype>
#include <string>
#include <vector>

#include "auris/base/error.h"
#include "auris/eval/metrics/ngrams.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

// chrF's word n-grams know a word with punctuation at one end as two words.
std::vector<std::string> words_without_punctuation(std::string_view text) {
  auto is_punctuation = [](char c) { return std::ispunct(static_cast<unsigned char>(c)) != 0; };
  std::vector<std::string> words;
  for (std::string& word : text::words_of(text)) {
    const bool single = text::character_at(word, 0).length == word.size();
    if (!single && is_punctuation(word.back())) {
      words.push_back(word.substr(0, word.size() - 1));
      words.push_back(word.substr(word.size() - 1));
    } else if (!single && is_punctuation(word.front())) {
      words.push_back(word.substr(0, 1));
      words.push_back(word.substr(1));
    } else {
      words.push_back(std::move(word));
    }
  }
  return words;
}

std::vector<uint32_t> characters_of(std::string_view text) {
  std::vector<uint32_t> codes;
  for (const std::string& word : text::words_of(text)) {
    for (size_t i = 0; i < word.size();) {
      const text::Character character = text::character_at(word, i);
      codes.push_back(character.code);
      i += character.length;
    }
  }
  return codes;
}

using Counts = std::vector<std::vector<NgramCount>>;  // [order]

Counts counts_of(std::string_view raw, const ChrfOptions& options, WordNumbers& numbers) {
  std::string text = text::to_valid_utf8(raw);
  if (options.lower_case) text = text::lower(text);
  Counts counts;
  const std::vector<uint32_t> characters = characters_of(text);
  for (int n = 1; n <= static_cast<int>(ChrfSums::kCharacterOrders); ++n) {
    counts.push_back(count_ngrams(characters, n));
  }
  if (options.word_order == 0) return counts;
  const std::vector<uint32_t> words = numbers.number(words_without_punctuation(text));
  for (int n = 1; n <= options.word_order; ++n) counts.push_back(count_ngrams(words, n));
  return counts;
}

int64_t total(const std::vector<NgramCount>& counts) {
  int64_t sum = 0;
  for (const NgramCount& ngram : counts) sum += ngram.count;
  return sum;
}

// Hypotheses are not blamed for orders that the reference is too short for.
ChrfSums compared(const Counts& said, const Counts& wanted) {
  ChrfSums sums;
  for (size_t n = 0; n < said.size(); ++n) {
    sums.orders[n] = {.hypothesis = wanted[n].empty() ? 0 : total(said[n]),
                      .reference = total(wanted[n]),
                      .matches = common_ngrams(said[n], wanted[n])};
  }
  return sums;
}

void require(bool holds, const char* expected, std::string got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage, {.where = "chrF", .expected = expected, .got = std::move(got), .hint = ""});
}

}  // namespace

ChrfSums& ChrfSums::operator+=(const ChrfSums& other) {
  for (size_t n = 0; n < orders.size(); ++n) {
    orders[n].hypothesis += other.orders[n].hypothesis;
    orders[n].reference += other.orders[n].reference;
    orders[n].matches += other.orders[n].matches;
  }
  return *this;
}

double ChrfSums::score() const {
  constexpr double kBetaSquared = 4;
  double precision = 0, recall = 0, seen = 0;
  for (const Order& order : orders) {
    if (order.hypothesis == 0 || order.reference == 0) continue;
    precision += static_cast<double>(order.matches) / static_cast<double>(order.hypothesis);
    recall += static_cast<double>(order.matches) / static_cast<double>(order.reference);
    seen += 1;
  }
  if (precision + recall == 0) return 0;
  precision /= seen;
  recall /= seen;
  return 100 * ((1 + kBetaSquared) * precision * recall / (kBetaSquared * precision + recall));
}

ChrfSums chrf_sums(std::string_view hypothesis, std::span<const std::string_view> references,
                   const ChrfOptions& options) {
  require(!references.empty(), "at least one reference", "none");
  require(options.word_order >= 0 && options.word_order <= static_cast<int>(ChrfSums::kWordOrders),
          "a word order from 0 to 2", std::to_string(options.word_order));
  WordNumbers numbers;
  const Counts said = counts_of(hypothesis, options, numbers);
  ChrfSums best;
  double best_score = -1;
  for (std::string_view reference : references) {
    const ChrfSums sums = compared(said, counts_of(reference, options, numbers));
    if (sums.score() > best_score) {
      best_score = sums.score();
      best = sums;
    }
  }
  return best;
}

}  // namespace auris::eval
