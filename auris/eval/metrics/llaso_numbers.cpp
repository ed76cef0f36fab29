// Numbers of llaso.h. Sources: LLaSO, metrics/mae (age_L1.py, pitch_L1.py),
// metrics/others/pronunciation_scoring.py.
#include <algorithm>
#include <cmath>

#include "auris/eval/metrics/llaso.h"
#include "auris/eval/metrics/python_text.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

constexpr double kAdult = 22;
constexpr double kHighestPitch = 127;

std::string readable(std::string_view text) {
  const std::string valid = text::to_valid_utf8(text);
  return python::ascii_digits(python::strip(valid));
}

// Python raises an OverflowError for infinity.
std::optional<double> rounded(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return python::round(value);
}

// The mean of the first two numbers if a hyphen stands anywhere, or the first one; rounded.
std::optional<double> first_numbers(std::string_view text, bool decimals) {
  const std::vector<std::string_view> numbers = python::find_numbers(text, decimals, 2);
  const auto value = [&](std::string_view number) {
    return decimals ? python::to_float(number) : python::to_int(number);
  };
  if (numbers.empty()) return std::nullopt;
  const std::optional<double> first = value(numbers[0]);
  const bool range = numbers.size() == 2 && text.find('-') != std::string_view::npos;
  if (!first) return std::nullopt;
  if (!range) return rounded(*first);
  const std::optional<double> second = value(numbers[1]);
  return second ? rounded((*first + *second) / 2) : std::nullopt;
}

std::optional<double> share(double part, int64_t whole) {
  if (whole == 0) return std::nullopt;
  return part / static_cast<double>(whole);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Places found from left to right; asked for ever later ones, so that all searches together are linear.
class NextPlace {
 public:
  // First of any of the texts.
  NextPlace(std::string_view text, std::span<const std::string_view> wanted) : text_(text) {
    for (std::string_view one : wanted) next_.push_back({one, 0, true});
  }
  // Where the first one at or behind `at` begins, and its length; the end of the text if there is none.
  std::pair<size_t, size_t> from(size_t at) {
    std::pair<size_t, size_t> first = {text_.size(), 0};
    for (Wanted& one : next_) {
      if (one.fresh || one.place < at) one.place = std::min(text_.find(one.text, at), text_.size());
      one.fresh = false;
      if (one.place < first.first) first = {one.place, one.text.size()};
    }
    return first;
  }

 private:
  struct Wanted {
    std::string_view text;
    size_t place;
    bool fresh;
  };
  std::string_view text_;
  std::vector<Wanted> next_;
};

constexpr std::array<std::string_view, 3> kAspects = {"accuracy", "proso", "fluency"};
constexpr std::array<std::string_view, 4> kJoints = {"is", ":", "=", "as"};

std::optional<size_t> aspect_at(std::string_view text, size_t at) {
  for (size_t i = 0; i < kAspects.size(); ++i) {
    if (text.substr(at).starts_with(kAspects[i])) return i;
  }
  return std::nullopt;
}

size_t digits_end(std::string_view text, size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

std::string integer(std::string_view digits) {
  const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return std::string(digits.substr(first));
}

bool all_found(const LlasoSentenceScores& scores) {
  return std::none_of(scores.begin(), scores.end(), [](const std::string& score) { return score.empty(); });
}

// (accuracy|proso|fluency).*?(?:is|:|=|as).*?(\d+), where "." stays in the line
LlasoSentenceScores scores_behind_names(std::string_view text) {
  LlasoSentenceScores scores;
  NextPlace names(text, kAspects), joints(text, kJoints);
  constexpr std::array<std::string_view, 1> kLineEnd = {"\n"};
  NextPlace line_ends(text, kLineEnd);
  size_t digit = 0;
  for (size_t at = names.from(0).first; at < text.size();) {
    const size_t aspect = *aspect_at(text, at);
    const size_t behind = at + kAspects[aspect].size();
    const auto [joint, length] = joints.from(behind);
    const size_t line_end = line_ends.from(behind).first;
    digit = std::max(digit, joint + length);
    while (digit < text.size() && !is_digit(text[digit])) ++digit;
    if (joint >= line_end || digit >= line_end) {
      at = names.from(at + 1).first;
      continue;
    }
    const size_t end = digits_end(text, digit);
    scores[aspect] = integer(text.substr(digit, end - digit));
    at = names.from(end).first;
  }
  return scores;
}

// (\d+)\s*?(?:for)\s*?(accuracy|proso|fluency)
LlasoSentenceScores scores_before_names(std::string_view text) {
  LlasoSentenceScores scores;
  const auto pass_space = [&](size_t at) {
    while (at < text.size()) {
      const text::Character character = text::character_at(text, at);
      if (!python::is_space(character.code)) break;
      at += character.length;
    }
    return at;
  };
  for (size_t at = 0; at < text.size();) {
    const size_t end = digits_end(text, at);
    if (end == at) {
      ++at;
      continue;
    }
    const size_t joint = pass_space(end);
    const std::string_view digits = text.substr(at, end - at);
    at = end;
    if (!text.substr(joint).starts_with("for")) continue;
    const size_t name = pass_space(joint + 3);
    const std::optional<size_t> aspect = aspect_at(text, std::min(name, text.size()));
    if (!aspect) continue;
    scores[*aspect] = integer(digits);
    at = name + kAspects[*aspect].size();
  }
  return scores;
}

template <class Read>
LlasoNumberSums sums_with(std::span<const LlasoItem> items, const Read& read) {
  LlasoNumberSums sums;
  for (const LlasoItem& item : items) {
    ++sums.items;
    const std::optional<double> truth = read(item.truth);
    const std::optional<double> answer = read(item.answer);
    if (!truth || !answer) continue;
    ++sums.read;
    sums.error += std::abs(*truth - *answer);
  }
  return sums;
}

}  // namespace

std::optional<double> llaso_age(std::string_view text) {
  const std::string plain = readable(text);
  if (const std::optional<double> whole = python::to_int(plain)) return whole;
  if (!python::find_numbers(plain, false, 1).empty()) return first_numbers(plain, false);
  if (text::lower(plain).find("adult") != std::string::npos) return kAdult;
  return std::nullopt;
}

std::optional<double> llaso_pitch(std::string_view text) {
  const std::string plain = readable(text);
  if (const std::optional<double> whole = python::to_int(plain)) return whole;
  if (const std::optional<double> number = python::to_float(plain)) return rounded(*number);
  return first_numbers(plain, true);
}

std::optional<double> LlasoNumberSums::mean_absolute_error() const { return share(error, read); }
std::optional<double> LlasoNumberSums::coverage() const { return share(static_cast<double>(read), items); }

LlasoNumberSums llaso_age_sums(std::span<const LlasoItem> items) { return sums_with(items, llaso_age); }

LlasoNumberSums llaso_pitch_sums(std::span<const LlasoItem> items) {
  return sums_with(items, [](std::string_view text) {
    const std::optional<double> pitch = llaso_pitch(text);
    return pitch && *pitch >= 0 && *pitch <= kHighestPitch ? pitch : std::nullopt;
  });
}

std::optional<LlasoSentenceScores> llaso_sentence_scores(std::string_view text) {
  const std::string plain = python::ascii_digits(text::lower(text::to_valid_utf8(text)));
  LlasoSentenceScores scores = scores_behind_names(plain);
  if (!all_found(scores)) scores = scores_before_names(plain);
  return all_found(scores) ? std::optional(scores) : std::nullopt;
}

LlasoSentenceSums llaso_sentence_sums(std::span<const LlasoItem> items) {
  LlasoSentenceSums sums;
  for (const LlasoItem& item : items) {
    ++sums.items;
    const auto truth = llaso_sentence_scores(item.truth);
    const auto answer = llaso_sentence_scores(item.answer);
    if (!truth || !answer) continue;
    ++sums.read;
    for (size_t i = 0; i < sums.exact.size(); ++i) {
      if ((*truth)[i] == (*answer)[i]) ++sums.exact[i];
    }
  }
  return sums;
}

}  // namespace auris::eval
