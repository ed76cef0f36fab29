#include "auris/eval/metrics/bleu.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "auris/base/error.h"
#include "auris/eval/metrics/ngrams.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

using Rules = std::span<const std::pair<const char*, const char*>>;

std::string applied(std::string text, Rules rules) {
  for (const auto& [expression, replacement] : rules) {
    text = text::substitute(text, expression, replacement);
  }
  return text;
}

// Points and commas stay within numbers, dashes are cut off behind them.
constexpr std::pair<const char*, const char*> kWesternRules[] = {
    {R"(([{-~\[-` -&(-+:-@/]))", " $1 "},
    {R"(([^0-9])([.,]))", "$1 $2 "},
    {R"(([.,])([^0-9]))", " $1 $2"},
    {R"(([0-9])(-))", "$1 $2 "},
};
constexpr std::pair<const char*, const char*> kEscapes[] = {
    {"<skipped>", ""}, {"-\n", ""},   {"\n", " "},   {"&quot;", "\""},
    {"&amp;", "&"},    {"&lt;", "<"}, {"&gt;", ">"},
};
constexpr std::pair<const char*, const char*> kInternationalRules[] = {
    {R"((\P{N})(\p{P}))", "$1 $2 "},
    {R"((\p{P})(\P{N}))", " $1 $2"},
    {R"((\p{S}))", " $1 "},
};
// sacrebleu's ranges, with what two of them became there: code points of five digits in four, so that U+2001
// to U+2A6D and U+2F81 to U+2FA1 count as Chinese, and the supplementary planes do not.
constexpr std::pair<const char*, const char*> kChineseRules[] = {
    {R"(([\x{3400}-\x{4db5}\x{4e00}-\x{9fbb}\x{f900}-\x{fa2d}\x{fa30}-\x{fa6a}\x{fa70}-\x{fad9}\x{2001}-\x{2a6d})"
     R"(\x{ff00}-\x{ffef}\x{2e80}-\x{303f}\x{31c0}-\x{31ef}\x{3100}-\x{312f}\x{31a0}-\x{31bf}\x{fe10}-\x{fe1f})"
     R"(\x{fe30}-\x{fe4f}\x{3200}-\x{33ff}]))",
     " $1 "},
};

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (size_t i = 0; i < text.size();) {
    const size_t length = text::character_at(text, i).length;
    characters.emplace_back(text.substr(i, length));
    i += length;
  }
  return characters;
}

double score_of(const BleuSums& sums, bool effective_order) {
  if (std::all_of(sums.matches.begin(), sums.matches.end(), [](int64_t n) { return n == 0; })) return 0;
  size_t orders = BleuSums::kOrders;
  double logs = 0, smoothing = 1;
  for (size_t n = 0; n < BleuSums::kOrders; ++n) {
    if (sums.totals[n] == 0) {
      if (!effective_order) return 0;  // the logarithm of no precision at all
      orders = n;
      break;
    }
    const auto total = static_cast<double>(sums.totals[n]);
    if (sums.matches[n] == 0) smoothing *= 2;
    logs += std::log(sums.matches[n] == 0 ? 100 / (smoothing * total)
                                          : 100 * static_cast<double>(sums.matches[n]) / total);
  }
  return sums.brevity_penalty() * std::exp(logs / static_cast<double>(orders));
}

}  // namespace

std::vector<std::string> bleu_tokens(std::string_view text, const BleuOptions& options) {
  std::string line = text::to_valid_utf8(text);
  if (options.lower_case) line = text::lower(line);
  line = text::substitute(line, R"([\s\x1c-\x1f]+\z)", "");
  switch (options.tokens) {
    case BleuTokens::k13a:
      return text::words_of(applied(' ' + applied(std::move(line), kEscapes) + ' ', kWesternRules));
    case BleuTokens::kInternational: return text::words_of(applied(std::move(line), kInternationalRules));
    case BleuTokens::kChinese:
      return text::words_of(applied(applied(std::move(line), kChineseRules), kWesternRules));
    case BleuTokens::kCharacters: return characters_of(text::substitute(line, R"([\s\x1c-\x1f]+)", ""));
    case BleuTokens::kNone: break;
  }
  return text::words_of(line);
}

BleuSums& BleuSums::operator+=(const BleuSums& other) {
  for (size_t n = 0; n < kOrders; ++n) {
    matches[n] += other.matches[n];
    totals[n] += other.totals[n];
  }
  hypothesis_length += other.hypothesis_length;
  reference_length += other.reference_length;
  return *this;
}

double BleuSums::brevity_penalty() const {
  if (hypothesis_length >= reference_length) return 1;
  if (hypothesis_length == 0) return 0;
  return std::exp(1 - static_cast<double>(reference_length) / static_cast<double>(hypothesis_length));
}

double BleuSums::score() const { return score_of(*this, false); }
double BleuSums::sentence_score() const { return score_of(*this, true); }

BleuSums bleu_sums(std::string_view hypothesis, std::span<const std::string_view> references,
                   const BleuOptions& options) {
  if (references.empty()) {
    throw Error(ErrorCode::kUsage,
                {.where = "BLEU", .expected = "at least one reference", .got = "none", .hint = ""});
  }
  WordNumbers numbers;
  const std::vector<uint32_t> said = numbers.number(bleu_tokens(hypothesis, options));
  std::vector<std::vector<uint32_t>> wanted;
  for (std::string_view reference : references) {
    wanted.push_back(numbers.number(bleu_tokens(reference, options)));
  }
  BleuSums sums{.hypothesis_length = std::ssize(said)};
  auto farther = [&](const auto& a, const auto& b) {
    return std::pair(std::abs(std::ssize(a) - std::ssize(said)), a.size()) <
           std::pair(std::abs(std::ssize(b) - std::ssize(said)), b.size());
  };
  sums.reference_length = std::ssize(*std::min_element(wanted.begin(), wanted.end(), farther));
  for (size_t n = 0; n < BleuSums::kOrders; ++n) {
    const int order = static_cast<int>(n) + 1;
    std::vector<NgramCount> counts = count_ngrams(wanted[0], order);
    for (size_t i = 1; i < wanted.size(); ++i) counts = most_of(counts, count_ngrams(wanted[i], order));
    sums.matches[n] = common_ngrams(count_ngrams(said, order), counts);
    sums.totals[n] = std::max<int64_t>(0, std::ssize(said) - order + 1);
  }
  return sums;
}

}  // namespace auris::eval
