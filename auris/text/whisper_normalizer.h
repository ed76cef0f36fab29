#pragma once
// The text normalizers that Whisper's authors use before they count word errors: case, brackets, punctuation
// and symbols go; the English one also unifies numbers, contractions, titles and hesitations. Reference:
// openai/whisper, whisper/normalizers (MIT). Both return the same text as the reference, except for spelling:
//
// The reference also maps about 1,700 British spellings to American ones. Auris does not carry that table.
// Give one to the constructor (the file english.json of openai-whisper is a flat JSON object of that form)
// for numbers that compare with published ones; without it no spelling is changed.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace auris::text {

struct BasicNormalizerOptions {
  bool remove_diacritics = false;
  bool split_letters = false;  // a space between all characters, for languages that write none between words
};

std::string normalize_basic(std::string_view text, const BasicNormalizerOptions& options = {});

using Spellings = std::map<std::string, std::string, std::less<>>;
// A flat JSON object of strings. Throws kInput.
Spellings load_spellings(const std::filesystem::path& path);

class EnglishNormalizer {
 public:
  explicit EnglishNormalizer(Spellings spellings = {}) : spellings_(std::move(spellings)) {}
  std::string operator()(std::string_view text) const;

 private:
  Spellings spellings_;
};

}  // namespace auris::text
