#include "auris/eval/metrics/pronunciation_scores.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <string>

#include "auris/eval/metrics/folded_text.h"
#include "auris/eval/metrics/symbol_numbers.h"

namespace auris::eval {
namespace {

constexpr size_t kWindow = 24;  // bytes between the name of an aspect and its score: " score was rated as: "
constexpr size_t kMaxDigits = 6;

struct AspectName {
  std::string_view begin;  // of the word
  ScoreAspect aspect;
};
constexpr std::array<AspectName, kScoreAspects> kAspectNames = {{{"accura", ScoreAspect::kAccuracy},
                                                                 {"stress", ScoreAspect::kStress},
                                                                 {"prosod", ScoreAspect::kProsody},
                                                                 {"fluen", ScoreAspect::kFluency},
                                                                 {"total", ScoreAspect::kTotal}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// ASCII letters only, so that places stay what they are.
std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<ScoreAspect> aspect_at(std::string_view text, size_t at) {
  if (at > 0 && is_letter(text[at - 1])) return std::nullopt;
  for (const AspectName& name : kAspectNames) {
    if (text.substr(at).starts_with(name.begin)) return name.aspect;
  }
  return std::nullopt;
}

struct Score {
  double value = 0;
  size_t end = 0;
};

std::optional<Score> score_behind(std::string_view text, size_t at) {
  const size_t stop = std::min(text.size(), at + kWindow);
  while (at < stop && !is_digit(text[at])) {
    if (text[at] == ',' || text[at] == '.' || text[at] == ';' || aspect_at(text, at)) return std::nullopt;
    ++at;
  }
  if (at >= stop) return std::nullopt;
  size_t end = at;
  auto pass_digits = [&] {
    while (end < text.size() && is_digit(text[end])) ++end;
  };
  pass_digits();
  Score score{.value = std::numeric_limits<double>::infinity()};
  if (end - at <= kMaxDigits) {
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
      ++end;
      pass_digits();
    }
    const size_t used = std::min(end - at, 2 * kMaxDigits);
    std::from_chars(text.data() + at, text.data() + at + used, score.value);
  }
  score.end = end;
  return score;
}

// A part of the text.
struct Place {
  size_t begin = 0, end = 0;
};

bool only_signs(std::string_view text) {
  return text.find_first_not_of(" \t\r\n,:;\"'*-") == std::string_view::npos;
}

// Without what may stand between "for" and the word: blanks, "the", "word". Whether a "the" has been there
// without "word": then a sentence is spoken of.
bool pass_the_word(std::string_view text, size_t& at) {
  bool the = false;
  for (;;) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("the ") || rest.starts_with("this ")) {
      the = true;
      at = text.find(' ', at);
    } else if (rest.starts_with("word ")) {
      the = false;
      at += 5;
    } else {
      return the || rest.starts_with("sentence");
    }
  }
}

// The word that stands at `at`, in quotes or alone.
Place word_at(std::string_view text, size_t at) {
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"\"", "\""},
                                    {"\u201C", "\u201D"},
                                    {"'", "'"},
                                    {"\u2018", "\u2019"}}) {
    if (!text.substr(at).starts_with(open)) continue;
    const size_t begin = at + open.size();
    size_t end = text.find(close, begin);
    // An apostrophe inside the word: 'mary's'.
    while (end != std::string_view::npos && end + close.size() < text.size() &&
           is_letter(text[end + close.size()]) && close != "\"") {
      end = text.find(close, end + close.size());
    }
    return end == std::string_view::npos ? Place{begin, begin} : Place{begin, end};
  }
  return {at, std::min(text.find_first_of(" \t\r\n.,:;\"*", at), text.size())};
}

// The word that the scores behind `text` belong to: that of the last "for". An empty place for the sentence;
// nothing if none is named.
std::optional<Place> subject_in(std::string_view text) {
  for (size_t at = text.rfind("for"); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : text.rfind("for", at - 1)) {
    const bool whole = (at == 0 || !is_letter(text[at - 1])) && text.substr(at + 3).starts_with(' ');
    if (!whole) continue;
    size_t place = at + 3;
    if (pass_the_word(text, place)) return Place{};
    const Place word = word_at(text, place);
    const size_t behind = std::min(text.size(), word.end + (word.begin == place ? 0 : word.begin - place));
    if (word.begin == word.end || !only_signs(text.substr(behind))) return std::nullopt;
    return word;
  }
  return std::nullopt;
}

}  // namespace

std::vector<PronunciationScores> parse_pronunciation_scores(std::string_view text) {
  const std::string lower = lower_ascii(text);
  std::vector<PronunciationScores> all;
  size_t behind_score = 0;
  for (size_t at = 0; at < lower.size(); ++at) {
    const std::optional<ScoreAspect> aspect = aspect_at(lower, at);
    if (!aspect) continue;
    size_t end = at;
    while (end < lower.size() && is_letter(lower[end])) ++end;
    const std::optional<Score> score = score_behind(lower, end);
    if (!score) continue;
    const std::optional<Place> subject =
        subject_in(std::string_view(lower).substr(behind_score, at - behind_score));
    if (subject || all.empty()) {
      const Place word = subject.value_or(Place{});
      all.push_back(
          {.word = stripped(text.substr(behind_score + word.begin, word.end - word.begin)), .scores = {}});
    }
    std::optional<double>& slot = all.back().scores[static_cast<size_t>(*aspect)];
    if (!slot) slot = score->value;
    behind_score = score->end;
    at = score->end - 1;
  }
  return all;
}

PronunciationSums& PronunciationSums::operator+=(const PronunciationSums& other) {
  scores += other.scores;
  items += other.items;
  exact_items += other.exact_items;
  return *this;
}

PronunciationSums pronunciation_sums(std::string_view truth, std::string_view answer,
                                     const NumberRange& range) {
  const std::vector<PronunciationScores> given = parse_pronunciation_scores(answer);
  std::map<std::string, std::vector<size_t>> places;  // last first
  for (size_t i = given.size(); i-- > 0;) places[folded_words(given[i].word)].push_back(i);
  PronunciationSums sums;
  sums.items = 1;
  for (const PronunciationScores& wanted : parse_pronunciation_scores(truth)) {
    std::vector<size_t>& same = places[folded_words(wanted.word)];
    const PronunciationScores none;
    const PronunciationScores& found = same.empty() ? none : given[same.back()];
    if (!same.empty()) same.pop_back();
    for (size_t i = 0; i < kScoreAspects; ++i) {
      if (wanted.scores[i]) sums.scores += number_sums(*wanted.scores[i], found.scores[i], range);
    }
  }
  sums.exact_items = sums.scores.exact == sums.scores.items ? 1 : 0;
  return sums;
}

}  // namespace auris::eval
