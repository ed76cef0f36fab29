#include "auris/text/english_numbers.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "auris/text/english_number_words.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

using Kind = NumberWord::Kind;

// A number in the making. `exact` numbers can be added to; others are digits that were strung together
// ("101", "3."). Numbers have any length, so they are kept as decimal digits.
struct Value {
  std::string digits;
  bool exact = true;
};

std::string without_leading_zeros(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.empty() ? "0" : digits;
}

std::string sum_of(std::string a, std::string b) {
  if (a.size() < b.size()) std::swap(a, b);
  int carry = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int digit = a[a.size() - 1 - i] - '0' + (i < b.size() ? b[b.size() - 1 - i] - '0' : 0) + carry;
    a[a.size() - 1 - i] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  return carry > 0 ? "1" + a : a;
}

bool ends_in_zeros(const Value& value, size_t count) {
  return value.digits == "0" ||
         (value.digits.size() > count && value.digits.ends_with(std::string(count, '0')));
}

// Decimal digits of any script as ASCII: each script's stand in a row, and the rows do not touch after NFKD.
std::string with_ascii_digits(std::string_view word) {
  std::string out;
  for (size_t i = 0; i < word.size();) {
    const Character character = character_at(word, i);
    char32_t zero = character.code;
    while (character.code >= 0x80 && is_decimal_digit(zero) && is_decimal_digit(zero - 1)) --zero;
    if (character.code >= 0x80 && is_decimal_digit(character.code)) {
      out += static_cast<char>('0' + (character.code - zero) % 10);
    } else {
      out += word.substr(i, character.length);
    }
    i += character.length;
  }
  return out;
}

// "12", "12.5"
bool is_numeral(std::string_view word) {
  const auto digits_at = [&](size_t from) {
    return std::min(word.find_first_not_of("0123456789", from), word.size()) - from;
  };
  const size_t whole = digits_at(0);
  if (whole == 0) return false;
  if (whole == word.size()) return true;
  return word[whole] == '.' && whole + 1 < word.size() && digits_at(whole + 1) == word.size() - whole - 1;
}

// The digits times 10^zeros if they are a number and that is a whole one. "3.", ".5" are numbers too.
std::optional<std::string> scaled(const std::string& digits, size_t zeros) {
  const size_t point = std::min(digits.find('.'), digits.size());
  std::string fraction = point < digits.size() ? digits.substr(point + 1) : "";
  const std::string whole = digits.substr(0, point);
  const bool is_number = whole.find_first_not_of("0123456789") == std::string::npos &&
                         fraction.find_first_not_of("0123456789") == std::string::npos &&
                         !(whole + fraction).empty();
  while (fraction.ends_with('0')) fraction.pop_back();
  if (!is_number || fraction.size() > zeros) return std::nullopt;
  return without_leading_zeros(whole + fraction + std::string(zeros - fraction.size(), '0'));
}

// Everything below the thousands times 10^zeros, the rest as it is.
std::string with_power(const std::string& digits, size_t zeros) {
  const size_t cut = digits.size() > 3 ? digits.size() - 3 : 0;
  const std::string low = without_leading_zeros(digits.substr(cut));
  const std::string high = cut > 0 ? digits.substr(0, cut) + "000" : "0";
  return low == "0" ? high : sum_of(high, low + std::string(zeros, '0'));
}

class Reader {
 public:
  explicit Reader(std::vector<std::string> words) : words_(std::move(words)) {}

  std::string read() {
    for (at_ = 0; at_ < words_.size(); ++at_) take(words_[at_]);
    if (value_) put_value();
    return std::move(out_);
  }

 private:
  static const NumberWord* find(std::string_view word) {
    const auto& words = english_number_words();
    const auto found = words.find(word);
    return found == words.end() ? nullptr : &found->second;
  }
  const NumberWord* previous() const { return at_ > 0 ? find(words_[at_ - 1]) : nullptr; }
  const NumberWord* next() const { return at_ + 1 < words_.size() ? find(words_[at_ + 1]) : nullptr; }
  bool next_is_numeral() const {
    return at_ + 1 < words_.size() && is_numeral(with_ascii_digits(words_[at_ + 1]));
  }
  static bool is(const NumberWord* word, Kind kind) { return word != nullptr && word->kind == kind; }

  void put(std::string_view text) {
    if (!out_.empty()) out_ += ' ';
    out_ += prefix_;
    out_ += text;
    prefix_.clear();
    value_.reset();
  }
  void put_value() { put(std::string(value_->digits)); }
  // The digits that a following word is strung to; nothing for zero, as in the reference.
  std::string digits_or_none() const {
    return !value_ || (value_->exact && value_->digits == "0") ? "" : value_->digits;
  }

  void take(const std::string& word) {
    const std::string prefix = sign_of(word);
    if (is_numeral(with_ascii_digits(word.substr(prefix.size())))) return take_numeral(word, prefix);
    const NumberWord* known = find(word);
    if (known == nullptr) {
      if (value_) put_value();
      return put(word);
    }
    switch (known->kind) {
      case Kind::kZero: value_ = Value{digits_or_none() + "0", false}; break;
      case Kind::kOnes: value_ = with_ones(known->value); break;
      case Kind::kTens: value_ = with_tens(known->value); break;
      case Kind::kOnesEnding: put(with_ones(known->value).digits + known->ending); break;
      case Kind::kTensEnding: put(with_tens(known->value).digits + known->ending); break;
      case Kind::kPower: take_power(*known); break;
      case Kind::kPowerEnding: take_power_ending(*known); break;
      case Kind::kSign: take_sign(word, *known); break;
      case Kind::kCurrency: take_currency(word, *known); break;
      case Kind::kPercent: take_percent(word); break;
      case Kind::kSpecial: take_special(word); break;
    }
  }

  static std::string sign_of(const std::string& word) {
    for (const char* sign : {"-", "+", "£", "€", "$", "¢"}) {
      if (word.starts_with(sign)) return sign;
    }
    return "";
  }

  void take_numeral(const std::string& word, const std::string& prefix) {
    const std::string digits = with_ascii_digits(word.substr(prefix.size()));
    if (value_ && !value_->exact && value_->digits.ends_with('.')) {
      value_->digits += word;  // decimals, parts of an address
      return;
    }
    if (value_) put_value();
    if (!prefix.empty()) prefix_ = prefix;
    const auto whole = scaled(digits, 0);
    value_ = whole ? Value{*whole, true} : Value{digits, false};
  }

  Value with_ones(int ones) const {
    const std::string digits = std::to_string(ones);
    if (!value_) return {digits, true};
    if (!value_->exact || is(previous(), Kind::kOnes)) {
      const bool fills_zero = is(previous(), Kind::kTens) && ones < 10 && value_->digits.ends_with('0');
      return {value_->digits.substr(0, value_->digits.size() - (fills_zero ? 1 : 0)) + digits, false};
    }
    if (ends_in_zeros(*value_, ones < 10 ? 1 : 2)) return {sum_of(value_->digits, digits), true};
    return {value_->digits + digits, false};
  }

  Value with_tens(int tens) const {
    const std::string digits = std::to_string(tens);
    if (!value_) return {digits, true};
    if (value_->exact && ends_in_zeros(*value_, 2)) return {sum_of(value_->digits, digits), true};
    return {value_->digits + digits, false};
  }

  void take_power(const NumberWord& word) {
    const auto zeros = static_cast<size_t>(word.value);
    const std::string power = std::string("1").append(zeros, '0');
    if (!value_) {
      value_ = Value{power, true};
    } else if (value_->exact && value_->digits != "0") {
      value_->digits = with_power(value_->digits, zeros);
    } else if (const auto product = scaled(value_->digits, zeros)) {
      value_ = Value{*product, true};
    } else {
      put_value();
      value_ = Value{power, true};
    }
  }

  void take_power_ending(const NumberWord& word) {
    const auto zeros = static_cast<size_t>(word.value);
    const std::string power = std::string("1").append(zeros, '0');
    if (!value_) return put(power + word.ending);
    if (value_->exact) return put(with_power(value_->digits, zeros) + word.ending);
    if (const auto product = scaled(value_->digits, zeros)) return put(*product + word.ending);
    put_value();
    put(power + word.ending);
  }

  void take_sign(const std::string& word, const NumberWord& known) {
    if (value_) put_value();
    if (next() != nullptr || next_is_numeral()) {
      prefix_ = known.ending;
    } else {
      put(word);
    }
  }

  void take_currency(const std::string& word, const NumberWord& known) {
    if (!value_) return put(word);
    prefix_ = known.ending;
    put_value();
  }

  void take_percent(const std::string& word) {
    const bool per_cent = word == "per" && at_ + 1 < words_.size() && words_[at_ + 1] == "cent";
    if (!value_) return put(word);
    if (word == "percent" || per_cent) {
      put(value_->digits + "%");
      at_ += per_cent ? 1 : 0;
    } else {
      put_value();
      put(word);
    }
  }

  void take_special(const std::string& word) {
    const bool counts = next() != nullptr || next_is_numeral();
    if (counts && word == "and" && is(previous(), Kind::kPower)) return;  // "two hundred and six"
    if (counts && word == "point") {
      const bool decimal =
          next_is_numeral() || is(next(), Kind::kOnes) || is(next(), Kind::kTens) || is(next(), Kind::kZero);
      if (decimal) value_ = Value{digits_or_none() + ".", false};
      return;
    }
    const bool repeats = counts && (word == "double" || word == "triple") &&
                         (is(next(), Kind::kOnes) || is(next(), Kind::kZero));
    if (repeats) {
      std::string digits = digits_or_none();
      for (int i = word == "double" ? 2 : 3; i > 0; --i) digits += std::to_string(next()->value);
      value_ = Value{std::move(digits), false};
      ++at_;
      return;
    }
    if (value_) put_value();
    put(word);
  }

  std::vector<std::string> words_;
  size_t at_ = 0;
  std::optional<Value> value_;
  std::string prefix_;
  std::string out_;
};

// "two and a half" -> "two point five"; a space between digits and letters, but not before an ending of the
// digits.
std::string prepared(std::string_view text) {
  std::string joined;
  const auto add = [&](std::string_view part) {
    if (!joined.empty()) joined += ' ';
    joined += part;
  };
  const std::vector<std::string> parts = split_at(text, R"(\band\s+a\s+half\b)");
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::vector<std::string> words = words_of(parts[i]);
    if (words.empty()) continue;
    add(parts[i]);
    if (i + 1 == parts.size()) continue;
    const auto& known = english_number_words();
    const auto last = known.find(words.back());
    const bool number =
        last != known.end() && (last->second.kind == Kind::kZero || last->second.kind == Kind::kOnes ||
                                last->second.kind == Kind::kTens || last->second.kind == Kind::kPower);
    add(number ? "point five" : "and a half");
  }
  joined = substitute(joined, "([a-z])([0-9])", "$1 $2");
  joined = substitute(joined, "([0-9])([a-z])", "$1 $2");
  return substitute(joined, R"(([0-9])\s+(st|nd|rd|th|s)\b)", "$1$2");
}

// "$2 and ¢7" -> "$2.07", "$0.07" -> "¢7", "1" -> "one".
std::string finished(std::string_view text) {
  std::string out = substitute(text, R"(([€£$])([0-9]+) (?:and )?¢([0-9]{2})\b)", "$1$2.$3");
  out = substitute(out, R"(([€£$])([0-9]+) (?:and )?¢([0-9])\b)", "$1$2.0$3");
  out = substitute(out, R"([€£$]0.0([0-9])\b)", "¢$1");
  out = substitute(out, R"([€£$]0.([0-9]{1,2})\b)", "¢$1");
  return substitute(out, R"(\b1(s?)\b)", "one$1");
}

}  // namespace

std::string digits_for_english_numbers(std::string_view text) {
  return finished(Reader(words_of(prepared(text))).read());
}

}  // namespace auris::text
