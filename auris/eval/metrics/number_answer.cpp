#include "auris/eval/metrics/number_answer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/eval/metrics/number_tokens.h"
#include "auris/text/english_number_words.h"

namespace auris::eval {
namespace {

using Kind = NumberToken::Kind;
using text::NumberWord;

constexpr double kMiddleOfDecade = 5, kEarlyInDecade = 2, kLateInDecade = 8;
constexpr double kTeens = 16;  // the middle of 13 .. 19

// A number and where it ends.
struct Found {
  double value = 0;
  size_t end = 0;
  bool decade = false;
  bool vague = false;  // the word "one" alone
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
    const bool joined =
        kind(first->end) == Kind::kDash || joint == "to" || joint == "through" || (between && joint == "and");
    if (!joined) return first;
    const std::optional<Found> second = signed_number(first->end + 1);
    if (!second || second->value < first->value) return first;
    return Found{.value = (first->value + second->value) / 2, .end = second->end};
  }

 private:
  Kind kind(size_t at) const { return at < tokens_.size() ? tokens_[at].kind : Kind::kOther; }
  std::string_view word(size_t at) const {
    return kind(at) == Kind::kWord ? tokens_[at].word : std::string_view();
  }
  const NumberWord* number_word(size_t at) const {
    const std::string_view text = word(at);
    if (text.empty()) return nullptr;
    const auto& words = text::english_number_words();
    const auto found = words.find(text);
    return found == words.end() ? nullptr : &found->second;
  }
  bool is(size_t at, NumberWord::Kind wanted) const {
    const NumberWord* found = number_word(at);
    return found != nullptr && found->kind == wanted;
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
    if (!token.decade) multiply(found);
    return found;
  }

  // "hundred", "thousand" and "million" behind a number.
  void multiply(Found& found) const {
    for (const NumberWord* power = number_word(found.end);
         power != nullptr && power->kind == NumberWord::Kind::kPower && power->value <= 9;
         power = number_word(++found.end)) {
      found.value *= std::pow(10.0, power->value);
    }
  }

  // Below a hundred.
  std::optional<Found> small(size_t at) const {
    const NumberWord* first = number_word(at);
    if (first == nullptr) return std::nullopt;
    Found found{.value = static_cast<double>(first->value), .end = at + 1};
    if (first->kind == NumberWord::Kind::kZero || first->kind == NumberWord::Kind::kOnes) return found;
    if (first->kind == NumberWord::Kind::kTensEnding && first->ending == "s") {
      found.decade = true;
      return found;
    }
    if (first->kind != NumberWord::Kind::kTens) return std::nullopt;
    const size_t next = kind(at + 1) == Kind::kDash ? at + 2 : at + 1;
    const NumberWord* ones = number_word(next);
    if (ones != nullptr && ones->kind == NumberWord::Kind::kOnes && ones->value < 10) {
      found.value += ones->value;
      found.end = next + 1;
    }
    return found;
  }

  std::optional<Found> words(size_t at) const {
    if (word(at) == "teens" || word(at).starts_with("teenage")) {
      return Found{.value = kTeens, .end = at + 1};
    }
    double total = 0;     // whole thousands and millions
    double group = 0;     // below a thousand
    double limit = 1e12;  // the next power has to be smaller
    std::optional<Found> last;
    size_t place = at;
    for (;;) {
      std::optional<Found> part = small(place);
      if (part && part->decade) return last ? last : part;
      if (part) {
        group += part->value;
        place = part->end;
      } else if (is(place, NumberWord::Kind::kPower) && !last) {
        group = 1;  // "a hundred"
      } else {
        break;
      }
      const NumberWord* power = number_word(place);
      if (power != nullptr && power->kind == NumberWord::Kind::kPower && power->value == 2 && group < 100) {
        group *= 100;
        power = number_word(++place);
      }
      last = Found{.value = total + group, .end = place};
      const bool group_goes_on = group >= 100 && std::fmod(group, 100) == 0;
      if (power != nullptr && power->kind == NumberWord::Kind::kPower && power->value <= 9 &&
          std::pow(10.0, power->value) < limit && power->value > 2) {
        limit = std::pow(10.0, power->value);
        total += group * limit;
        group = 0;
        last = Found{.value = total, .end = ++place};
      } else if (!group_goes_on) {
        break;
      }
      if (word(place) == "and") ++place;
    }
    if (!last) return last;
    last->vague = last->end == at + 1 && word(at) == "one";
    add_decimals(*last);
    return last;
  }

  // "three point one four"
  void add_decimals(Found& found) const {
    if (word(found.end) != "point") return;
    size_t place = found.end + 1;
    for (double unit = 0.1; unit > 1e-9; unit /= 10) {
      const NumberWord* digit = number_word(place);
      const bool fits = digit != nullptr && digit->value < 10 &&
                        (digit->kind == NumberWord::Kind::kZero || digit->kind == NumberWord::Kind::kOnes);
      if (!fits) break;
      found.value += unit * digit->value;
      found.end = ++place;
      found.vague = false;
    }
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
    if (found && range.has(found->value)) {
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
