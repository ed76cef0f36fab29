// Labels of llaso.h. Sources: LLaSO, metrics/accuracy/accuracy.py,
// metrics/abstention_rate/abstention_rate_cal.py.
#include <algorithm>

#include "auris/eval/metrics/llaso.h"
#include "auris/eval/metrics/python_text.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

std::string lower(std::string_view text) { return text::lower(text::to_valid_utf8(text)); }

std::string for_accuracy(std::string_view text) {
  std::string out(text);
  std::erase(out, '.');
  return lower(out);
}

// Dotless i and long s are the letters that Python's re.I takes for i and s once all is lower case.
std::string ignoring_case(std::string_view lower_text) {
  std::string out;
  for (size_t at = 0; at < lower_text.size();) {
    const text::Character character = text::character_at(lower_text, at);
    if (character.code == 0x131) {
      out += 'i';
    } else if (character.code == 0x17F) {
      out += 's';
    } else {
      out += lower_text.substr(at, character.length);
    }
    at += character.length;
  }
  return out;
}

std::string for_abstention(std::string_view truth) {
  const std::string valid = text::to_valid_utf8(truth);
  std::string text = text::lower(python::strip(valid));
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return ignoring_case(python::strip(text));
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Whether `label` stands in `text` without a letter or digit beside it.
bool stands_in(const std::string& text, const std::string& label) {
  for (size_t at = text.find(label); at != std::string::npos; at = text.find(label, at + 1)) {
    const size_t end = at + label.size();
    const bool before = at == 0 || !is_word(text[at - 1]);
    const bool behind = end >= text.size() || !is_word(text[end]);
    if (before && behind && (end >= text.size() || !continues_character(text[end]))) return true;
  }
  return false;
}

void keep_once(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

}  // namespace

LlasoLabels::LlasoLabels(std::span<const std::string_view> truths) {
  for (std::string_view truth : truths) {
    accuracy_labels_.push_back(for_accuracy(truth));
    abstention_labels_.push_back(for_abstention(truth));
  }
  keep_once(accuracy_labels_);
  keep_once(abstention_labels_);
}

bool LlasoLabels::correct(std::string_view truth, std::string_view answer) const {
  const std::string wanted = for_accuracy(truth);
  const std::string given = for_accuracy(answer);
  if (wanted == given) return true;
  const auto has = [&](const std::string& label) { return given.find(label) != std::string::npos; };
  return has(wanted) && std::none_of(accuracy_labels_.begin(), accuracy_labels_.end(),
                                     [&](const std::string& label) { return label != wanted && has(label); });
}

bool LlasoLabels::abstains(std::string_view answer) const {
  const std::string valid = text::to_valid_utf8(answer);
  const std::string text = ignoring_case(text::lower(python::strip(valid)));
  int64_t hits = 0;
  for (const std::string& label : abstention_labels_) {
    if (stands_in(text, label)) ++hits;
  }
  return hits != 1;
}

LlasoLabelSums llaso_label_sums(std::span<const LlasoItem> items) {
  std::vector<std::string_view> truths;
  for (const LlasoItem& item : items) truths.push_back(item.truth);
  const LlasoLabels labels(truths);
  LlasoLabelSums sums;
  for (const LlasoItem& item : items) {
    ++sums.items;
    if (labels.correct(item.truth, item.answer)) ++sums.correct;
    if (labels.abstains(item.answer)) ++sums.abstained;
  }
  return sums;
}

}  // namespace auris::eval
