#include "auris/generate/whisper/word_split.h"

#include <algorithm>
#include <array>

namespace auris::generate {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD, what broken UTF-8 becomes
constexpr std::string_view kAsciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

std::string_view trim(std::string_view text) {
  const char* spaces = " \t\r\n\f\v";
  size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

bool written_without_spaces(std::string_view language) {
  static constexpr std::array<std::string_view, 6> kCodes = {"zh", "ja", "th", "lo", "my", "yue"};
  return std::find(kCodes.begin(), kCodes.end(), language) != kCodes.end();
}

// Tokens joined until they make complete characters. The decoder may really have written U+FFFD or left a
// character unfinished at the end; then the full text has it at the same place.
std::vector<TokenWord> split_on_characters(const WhisperVocabulary& vocabulary,
                                           std::span<const TokenId> tokens) {
  const std::string full = vocabulary.decode(tokens);
  std::vector<TokenWord> words;
  TokenWord current;
  size_t offset = 0;  // bytes of `full` already in words
  for (TokenId token : tokens) {
    current.tokens.push_back(token);
    current.text = vocabulary.decode(current.tokens);
    size_t broken = current.text.find(kReplacement);
    if (broken != std::string::npos) {
      size_t place = offset + broken;
      if (place >= full.size() || full.compare(place, kReplacement.size(), kReplacement) != 0) continue;
    }
    offset += current.text.size();
    words.push_back(std::move(current));
    current = {};
  }
  // An unfinished character at the very end: its tokens still belong to some word.
  if (!current.tokens.empty()) words.push_back(std::move(current));
  return words;
}

}  // namespace

std::vector<TokenWord> split_words(const WhisperVocabulary& vocabulary, std::span<const TokenId> tokens,
                                   std::string_view language) {
  std::vector<TokenWord> pieces = split_on_characters(vocabulary, tokens);
  if (written_without_spaces(language)) return pieces;
  std::vector<TokenWord> words;
  for (TokenWord& piece : pieces) {
    const bool special = !vocabulary.is_text(piece.tokens[0]);
    const bool punctuation = kAsciiPunctuation.find(trim(piece.text)) != std::string_view::npos;
    if (special || piece.text.starts_with(' ') || punctuation || words.empty()) {
      words.push_back(std::move(piece));
    } else {
      words.back().text += piece.text;
      words.back().tokens.insert(words.back().tokens.end(), piece.tokens.begin(), piece.tokens.end());
    }
  }
  return words;
}

void join_punctuation(std::vector<TimedWord>& words, std::string_view prepended, std::string_view appended) {
  if (words.size() < 2) return;
  size_t following = words.size() - 1;
  for (size_t i = words.size() - 1; i-- > 0;) {
    TimedWord& previous = words[i];
    if (previous.text.starts_with(' ') && prepended.find(trim(previous.text)) != std::string_view::npos) {
      TimedWord& next = words[following];
      next.text = previous.text + next.text;
      next.tokens.insert(next.tokens.begin(), previous.tokens.begin(), previous.tokens.end());
      previous.text.clear();
      previous.tokens.clear();
    } else {
      following = i;
    }
  }
  size_t before = 0;
  for (size_t i = 1; i < words.size(); ++i) {
    TimedWord& previous = words[before];
    TimedWord& next = words[i];
    if (!previous.text.ends_with(' ') && appended.find(next.text) != std::string_view::npos) {
      previous.text += next.text;
      previous.tokens.insert(previous.tokens.end(), next.tokens.begin(), next.tokens.end());
      next.text.clear();
      next.tokens.clear();
    } else {
      before = i;
    }
  }
}

}  // namespace auris::generate
