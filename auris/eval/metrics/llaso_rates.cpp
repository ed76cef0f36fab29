// Error rates of llaso.h. Sources: LLaSO, metrics/error_rate (assess_wer_cer.py, assess_per_eval.py).
#include <algorithm>
#include <array>

#include "auris/base/error.h"
#include "auris/eval/metrics/llaso.h"
#include "auris/eval/metrics/python_text.h"
#include "auris/eval/metrics/symbol_numbers.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

void split_at_blanks(std::string_view text, std::vector<std::string_view>& words) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// As the metrics' jiwer transforms cut it; views of `kept`.
std::vector<std::string_view> units_of(std::string_view text, ErrorUnit unit, std::string& kept) {
  kept = python::single_spaces(text::to_valid_utf8(text));
  std::vector<std::string_view> units;
  const std::string_view stripped_text = python::strip(kept);
  unit == ErrorUnit::kWord ? split_at_blanks(stripped_text, units) : split_characters(stripped_text, units);
  return units;
}

// Letters outside ASCII whose upper case has some of A to Z.
std::string_view upper_letters(char32_t code) {
  switch (code) {
    case 0xDF: return "SS";
    case 0x131: return "I";
    case 0x149: return "N";
    case 0x17F: return "S";
    case 0x1F0: return "J";
    case 0x1E96: return "H";
    case 0x1E97: return "T";
    case 0x1E98: return "W";
    case 0x1E99: return "Y";
    case 0x1E9A: return "A";
    case 0xFB00: return "FF";
    case 0xFB01: return "FI";
    case 0xFB02: return "FL";
    case 0xFB03: return "FFI";
    case 0xFB04: return "FFL";
    case 0xFB05:
    case 0xFB06: return "ST";
    default: return {};
  }
}

// The script takes a letter's place in the alphabet for a phone's number and merges phones by number; of the
// letters that become one phone, the first stands for all.
char merged(char letter) {
  switch (letter) {
    case 'D': return 'A';
    case 'F':
    case 'G': return 'C';
    case 'W': return 'H';
    case 'N':
    case 'V': return 'K';
    default: return letter;
  }
}

std::string letters_of(std::string_view text) {
  std::string letters;
  auto add = [&](char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c >= 'A' && c <= 'Z') letters += merged(c);
  };
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      add(text[at++]);
      continue;
    }
    const text::Utf8Part part = text::utf8_part(text, at);
    for (char c : upper_letters(part.code)) add(c);
    at += part.length;
  }
  return letters;
}

size_t without_empty_end(const std::vector<std::string>& texts) {
  size_t count = texts.size();
  while (count > 0 && texts[count - 1].empty()) --count;
  return count;
}

}  // namespace

ErrorRateSums llaso_error_rate(std::span<const LlasoItem> items, ErrorUnit unit) {
  if (unit == ErrorUnit::kPhone) {
    throw Error(ErrorCode::kUsage, {.where = "llaso error rate",
                                    .expected = "words or characters",
                                    .got = "phones",
                                    .hint = "llaso_phone_error_rate is another measure"});
  }
  ErrorRateSums sums;
  SymbolNumbers numbers;
  EditAligner aligner;
  std::string truth, answer;
  for (const LlasoItem& item : items) {
    const std::vector<std::string_view> reference = units_of(item.answer, unit, answer);
    const std::vector<std::string_view> hypothesis = units_of(item.truth, unit, truth);
    numbers.number(reference, hypothesis);
    sums += sums_of(aligner.count(numbers.reference(), numbers.hypothesis()));
  }
  return sums;
}

std::vector<CorpusItem> llaso_phone_items(std::span<const LlasoItem> items) {
  std::vector<std::string> truths, answers;
  for (const LlasoItem& item : items) {
    truths.push_back(letters_of(item.truth));
    answers.push_back(letters_of(item.answer));
  }
  std::vector<CorpusItem> parts(items.size());
  const size_t count = without_empty_end(answers);
  if (count != without_empty_end(truths)) return parts;
  ErrorCounter counter(ErrorUnit::kCharacter);
  for (size_t i = 0; i < count; ++i) {
    const double rate = answers[i].empty()
                            ? (truths[i].empty() ? 0 : 1)
                            : static_cast<double>(counter.count(answers[i], truths[i]).errors()) /
                                  static_cast<double>(answers[i].size());
    parts[i] = {rate, 1};
  }
  return parts;
}

std::optional<double> llaso_phone_error_rate(std::span<const LlasoItem> items) {
  CorpusItem sum;
  for (const CorpusItem& part : llaso_phone_items(items)) sum += part;
  return sum.denominator > 0 ? std::optional(ratio(sum)) : std::nullopt;
}

}  // namespace auris::eval
