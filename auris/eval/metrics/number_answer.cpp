#include "auris/eval/metrics/number_answer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/eval/metrics/number_tokens.h"
#include "auris/eval/metrics/number_words.h"

namespace auris::eval {
namespace {

using Kind = NumberToken::Kind;

constexpr double kMiddleOfDecade = 5, kEarlyInDecade = 2, kLateInDecade = 8;
constexpr double kTeens = 16;             // the middle of 13 .. 19
constexpr size_t kWordsBeforeDecade = 2;  // "their early 30s"

// A number and where it ends.
struct Found {
  double value = 0;
  size_t end = 0;
  bool decade = false;
  bool vague = false;                              // a word below ten alone
  std::optional<NumberRange> span = std::nullopt;  // of two numbers, of which `value` is the mean
};

class Reader {
 public:
  explicit Reader(const std::vector<NumberToken>& tokens) : tokens_(tokens) {}

  size_t size() const { return tokens_.size(); }

  // The number or range that begins at token `at`.
  std::optional<Found> read(size_t at) const {
    std::optional<Found> first = signed_number(at);
    if (!first) return first;
    const bool between = at > 0 && word(at - 1) == "between";
    const std::string_view joint = word(first->end);
    const bool joined = kind(first->end) == Kind::kDash || joint == "to" || joint == "through" ||
                        joint == "or" || (between && joint == "and");
    if (!joined) return first;
    size_t next = first->end + 1;
    for (size_t passed = 0; passed < kWordsBeforeDecade && is_before_decade(next); ++passed) ++next;
    const std::optional<Found> second = signed_number(next);
    if (!second || second->value < first->value) return first;
    return Found{.value = (first->value + second->value) / 2,
                 .end = second->end,
                 .span = NumberRange{.minimum = first->value, .maximum = second->value}};
  }

 private:
  Kind kind(size_t at) const { return at < tokens_.size() ? tokens_[at].kind : Kind::kOther; }
  std::string_view word(size_t at) const {
    return kind(at) == Kind::kWord ? tokens_[at].word : std::string_view();
  }

  bool is_before_decade(size_t at) const {
    constexpr std::array<std::string_view, 8> kWords = {"early", "mid", "middle", "late",
                                                        "the",   "his", "her",    "their"};
    return std::find(kWords.begin(), kWords.end(), word(at)) != kWords.end();
  }

  std::optional<Found> signed_number(size_t at) const {
    if (word(at) == "minus" || word(at) == "negative") return negated(number(at + 1));
    const bool dash = kind(at) == Kind::kDash && tokens_[at].after_blank;
    if (dash && kind(at + 1) == Kind::kDigits && !tokens_[at + 1].after_blank) return negated(number(at + 1));
    return number(at);
  }
  static std::optional<Found> negated(std::optional<Found> found) {
    if (found) found->value = -found->value;
    return found;
  }

  std::optional<Found> number(size_t at) const {
    std::optional<Found> found = kind(at) == Kind::kDigits ? digits(at) : words(at);
    if (found && found->decade) found->value += place_in_decade(at);
    return found;
  }

  double place_in_decade(size_t at) const {
    if (at > 0 && kind(at - 1) == Kind::kDash) --at;
    const std::string_view before = at > 0 ? word(at - 1) : std::string_view();
    if (before == "early") return kEarlyInDecade;
    return before == "late" ? kLateInDecade : kMiddleOfDecade;
  }

  std::optional<Found> digits(size_t at) const {
    const NumberToken& token = tokens_[at];
    Found found{.value = token.value, .end = at + 1};
    found.decade = token.decade && std::fmod(token.value, 10) == 0;
    if (found.decade) return found;
    while (const std::optional<double> power = power_of_ten(tokens_, found.end)) {  // "5 thousand"
      found.value *= *power;
      ++found.end;
    }
    return found;
  }

  std::optional<Found> words(size_t at) const {
    if (word(at) == "teens" || word(at).starts_with("teenage")) return Found{.value = kTeens, .end = at + 1};
    const std::optional<NumberPhrase> phrase = number_in_words(tokens_, at);
    if (!phrase) return std::nullopt;
    return Found{
        .value = phrase->value, .end = phrase->end, .decade = phrase->decade, .vague = phrase->vague};
  }

  const std::vector<NumberToken>& tokens_;
};

std::optional<double> share(double part, int64_t whole) {
  if (whole == 0) return std::nullopt;
  return part / static_cast<double>(whole);
}

}  // namespace

std::optional<double> number_in(std::string_view answer, const NumberRange& range) {
  const NumberTokens tokens(answer);
  const Reader reader(tokens.tokens());
  std::optional<double> vague;
  for (size_t at = 0; at < reader.size();) {
    const std::optional<Found> found = reader.read(at);
    const bool whole = found && found->span == range;
    if (found && !whole && range.has(found->value)) {
      if (!found->vague) return found->value;
      if (!vague) vague = found->value;
    }
    at = found ? found->end : at + 1;
  }
  return vague;
}

NumberSums& NumberSums::operator+=(const NumberSums& other) {
  items += other.items;
  answered += other.answered;
  exact += other.exact;
  error += other.error;
  penalised_error += other.penalised_error;
  return *this;
}

std::optional<double> NumberSums::mean_absolute_error() const { return share(error, answered); }
std::optional<double> NumberSums::penalised_mean_absolute_error() const {
  return share(penalised_error, items);
}
std::optional<double> NumberSums::coverage() const { return share(static_cast<double>(answered), items); }

std::optional<double> NumberSums::exact_rate() const { return share(static_cast<double>(exact), items); }

CorpusItem NumberSums::error_item() const {
  return {.numerator = error, .denominator = static_cast<double>(answered)};
}
CorpusItem NumberSums::penalised_item() const {
  return {.numerator = penalised_error, .denominator = static_cast<double>(items)};
}

NumberSums number_sums(double truth, std::optional<double> answer, const NumberRange& range) {
  const bool finite = std::isfinite(range.minimum) && std::isfinite(range.maximum);
  if (!finite || !range.has(truth)) {
    throw Error(ErrorCode::kUsage,
                {.where = "numbers",
                 .expected = fmt::format("a truth within {} .. {}", range.minimum, range.maximum),
                 .got = fmt::format("{}", truth),
                 .hint = ""});
  }
  NumberSums sums{.items = 1};
  if (answer && range.has(*answer)) {
    sums.answered = 1;
    sums.error = std::abs(*answer - truth);
    sums.exact = sums.error == 0 ? 1 : 0;
    sums.penalised_error = sums.error;
  } else {
    sums.penalised_error = std::max(truth - range.minimum, range.maximum - truth);
  }
  return sums;
}

}  // namespace auris::eval
