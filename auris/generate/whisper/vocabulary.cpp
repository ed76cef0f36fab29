#include "auris/generate/whisper/vocabulary.h"

#include <algorithm>

#include "auris/base/error.h"
#include "auris/text/language_names.h"

namespace auris::generate {
namespace {

// openai-whisper calls a model multilingual from this vocabulary size on; English-only ones have one text
// token less.
constexpr int64_t kMultilingualVocabulary = 51865;

std::string_view trim(std::string_view text) {
  const char* spaces = " \t\r\n\f\v";
  size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

}  // namespace

WhisperVocabulary::WhisperVocabulary(std::shared_ptr<const text::Tokenizer> tokenizer, int64_t vocab_size)
    : tokenizer_(std::move(tokenizer)), multilingual_(vocab_size >= kMultilingualVocabulary) {
  end_of_text = require("<|endoftext|>");
  start = require("<|startoftranscript|>");
  translate = require("<|translate|>");
  transcribe = require("<|transcribe|>");
  start_of_lm = require("<|startoflm|>");
  start_of_previous = require("<|startofprev|>");
  auto silent = tokenizer_->find("<|nospeech|>");  // later files renamed <|nocaptions|>
  no_speech = silent ? *silent : require("<|nocaptions|>");
  no_timestamps = require("<|notimestamps|>");
  timestamp_begin = no_timestamps + 1;
  size = static_cast<TokenId>(vocab_size);
  if (timestamp_begin >= size || start >= translate) {
    throw Error(ErrorCode::kModel, {.where = "whisper vocabulary",
                                    .expected = "timestamps behind <|notimestamps|>",
                                    .got = "a vocabulary of " + std::to_string(vocab_size) + " tokens",
                                    .hint = "tokenizer.json and the weights do not belong together"});
  }
  for (TokenId id = start + 1; id < std::min(translate, transcribe); ++id) {
    std::string piece = tokenizer_->piece(id);
    if (piece.size() > 4 && piece.starts_with("<|") && piece.ends_with("|>")) {
      languages_.push_back({piece.substr(2, piece.size() - 4), id});
    }
  }
}

TokenId WhisperVocabulary::require(std::string_view literal) const {
  auto id = tokenizer_->find(literal);
  if (!id) {
    throw Error(ErrorCode::kModel, {.where = "whisper vocabulary",
                                    .expected = "the token " + std::string(literal),
                                    .got = "none",
                                    .hint = "this is not the tokenizer.json of a Whisper model"});
  }
  return *id;
}

const WhisperLanguage* WhisperVocabulary::find_language(std::string_view code_or_name) const {
  std::string code = text::language_code(code_or_name);
  auto found = std::find_if(languages_.begin(), languages_.end(),
                            [&](const WhisperLanguage& language) { return language.code == code; });
  return found == languages_.end() ? nullptr : &*found;
}

std::vector<TokenId> WhisperVocabulary::encode_spoken(std::string_view spoken) const {
  return tokenizer_->encode(" " + std::string(trim(spoken)));
}

std::string WhisperVocabulary::decode(std::span<const TokenId> ids) const {
  std::vector<TokenId> words;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(words), [&](TokenId id) { return is_text(id); });
  return tokenizer_->decode(words);
}

std::vector<TokenId> WhisperVocabulary::control_tokens() const {
  return {transcribe, translate, start, start_of_previous, start_of_lm, no_speech};
}

std::vector<TokenId> WhisperVocabulary::non_speech_tokens() const {
  // Hyphens and quotes are allowed inside words but not at the beginning of one.
  std::vector<TokenId> tokens = {tokenizer_->encode(" -").at(0), tokenizer_->encode(" '").at(0)};
  static constexpr std::string_view kSymbols[] = {
      "\"",  "#",  "(",  ")",  "*",   "+",  "/",  ":",   ";",   "<",  "=",  ">",  "@",  "[",   "\\",  "]",
      "^",   "_",  "`",  "{",  "|",   "}",  "~",  "「",  "」",  "『", "』", "<<", ">>", "<<<", ">>>", "--",
      "---", "-(", "-[", "('", "(\"", "((", "))", "(((", ")))", "[[", "]]", "{{", "}}", "♪♪",  "♪♪♪"};
  // Music signs may take several tokens; their first one leads to nothing else than signs.
  static constexpr std::string_view kMusic[] = {"♩", "♪", "♫", "♬", "♭", "♮", "♯"};
  auto add = [&](std::string_view symbol, bool only_whole) {
    for (const std::string& form : {std::string(symbol), " " + std::string(symbol)}) {
      std::vector<TokenId> ids = tokenizer_->encode(form);
      if (ids.size() == 1 || (!only_whole && !ids.empty())) tokens.push_back(ids[0]);
    }
  };
  for (std::string_view symbol : kSymbols) add(symbol, true);
  for (std::string_view symbol : kMusic) add(symbol, false);
  std::vector<TokenId> control = control_tokens();
  tokens.insert(tokens.end(), control.begin(), control.end());
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

}  // namespace auris::generate
