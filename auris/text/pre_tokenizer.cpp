#include "auris/text/pre_tokenizer.h"

#include <utf8proc.h>

#include <functional>
#include <utility>

#include "auris/text/byte_alphabet.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

// openai/gpt-2, encoder.py
constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

struct Piece {
  std::string_view text;
  bool is_delimiter = false;
};

// Puts the pieces of one word together as `delimiter` says. Empty words never leave a split.
void join_pieces(const std::vector<Piece>& pieces, Delimiter delimiter, std::vector<std::string_view>& out) {
  const auto union_of = [](std::string_view a, std::string_view b) {
    return std::string_view(a.data(), a.size() + b.size());
  };
  bool previous_is_delimiter = false;
  bool open = false;  // the last word of this call may still grow
  for (const Piece& piece : pieces) {
    bool grow = false;
    switch (delimiter) {
      case Delimiter::kRemoved:
      case Delimiter::kIsolated: break;
      case Delimiter::kMergedWithPrevious: grow = piece.is_delimiter && !previous_is_delimiter; break;
      case Delimiter::kMergedWithNext: grow = !piece.is_delimiter && previous_is_delimiter; break;
      case Delimiter::kContiguous: grow = piece.is_delimiter == previous_is_delimiter; break;
    }
    previous_is_delimiter = piece.is_delimiter;
    if (piece.text.empty() || (delimiter == Delimiter::kRemoved && piece.is_delimiter)) continue;
    if (grow && open) {
      out.back() = union_of(out.back(), piece.text);
    } else {
      out.push_back(piece.text);
    }
    open = true;
  }
}

// Splits each word by a function that appends its pieces.
template <typename Cut>
void split_each(Words& words, Delimiter delimiter, const Cut& cut) {
  std::vector<std::string_view> out;
  out.reserve(words.views.size());
  std::vector<Piece> pieces;
  for (const std::string_view word : words.views) {
    pieces.clear();
    cut(word, pieces);
    join_pieces(pieces, delimiter, out);
  }
  words.views = std::move(out);
}

// The delimiters are the characters for which `is_delimiter` holds, each on its own.
template <typename Test>
void cut_characters(std::string_view word, const Test& is_delimiter, std::vector<Piece>& pieces) {
  size_t begin = 0;
  for (size_t i = 0; i < word.size();) {
    const Character character = character_at(word, i);
    if (is_delimiter(character.code)) {
      if (i > begin) pieces.push_back({word.substr(begin, i - begin), false});
      pieces.push_back({word.substr(i, character.length), true});
      begin = i + character.length;
    }
    i += character.length;
  }
  if (begin < word.size()) pieces.push_back({word.substr(begin), false});
}

class PatternSplit final : public PreTokenizer {
 public:
  PatternSplit(Pattern pattern, Delimiter delimiter, bool invert)
      : pattern_(std::move(pattern)), delimiter_(delimiter), invert_(invert) {}

  void split(Words& words) const override {
    split_each(words, delimiter_,
               [this](std::string_view word, std::vector<Piece>& pieces) { cut(word, pieces); });
  }

 private:
  // An empty match cuts the word where it is, unless the last match ended there (as in the reference).
  void cut(std::string_view word, std::vector<Piece>& pieces) const {
    size_t done = 0;
    size_t from = 0;
    bool matched = false;
    while (from <= word.size()) {
      const auto match = pattern_.find(word, from);
      if (!match) break;
      const bool empty = match->end == match->begin;
      if (!(empty && matched && match->begin == done)) {
        if (match->begin > done) pieces.push_back({word.substr(done, match->begin - done), invert_});
        pieces.push_back({word.substr(match->begin, match->end - match->begin), !invert_});
        done = match->end;
        matched = true;
      }
      if (empty && match->end == word.size()) break;
      from = empty ? match->end + character_at(word, match->end).length : match->end;
    }
    if (done < word.size()) pieces.push_back({word.substr(done), invert_});
  }

  Pattern pattern_;
  Delimiter delimiter_;
  bool invert_;
};

class CharacterSplit final : public PreTokenizer {
 public:
  CharacterSplit(bool (*is_delimiter)(char32_t), Delimiter delimiter)
      : is_delimiter_(is_delimiter), delimiter_(delimiter) {}

  void split(Words& words) const override {
    split_each(words, delimiter_, [this](std::string_view word, std::vector<Piece>& pieces) {
      cut_characters(word, is_delimiter_, pieces);
    });
  }

 private:
  bool (*is_delimiter_)(char32_t);
  Delimiter delimiter_;
};

// ASCII punctuation and the categories Pc, Pd, Ps, Pe, Pi, Pf, Po.
bool is_punctuation(char32_t code) {
  if (code < 0x80) {
    return (code >= '!' && code <= '/') || (code >= ':' && code <= '@') || (code >= '[' && code <= '`') ||
           (code >= '{' && code <= '~');
  }
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

class PrefixSpace final : public PreTokenizer {
 public:
  void split(Words& words) const override {
    for (std::string_view& word : words.views) {
      if (word.starts_with(' ')) continue;
      std::string made = " ";
      made += word;
      word = words.keep(std::move(made));
    }
  }
};

class Steps final : public PreTokenizer {
 public:
  explicit Steps(PreTokenizers steps) : steps_(std::move(steps)) {}
  void split(Words& words) const override {
    for (const auto& step : steps_) step->split(words);
  }

 private:
  PreTokenizers steps_;
};

class ByteAlphabet final : public PreTokenizer {
 public:
  void split(Words& words) const override {
    for (std::string_view& word : words.views) {
      std::string characters;
      append_as_byte_characters(word, characters);
      word = words.keep(std::move(characters));
    }
  }
};

class Metaspace final : public PreTokenizer {
 public:
  Metaspace(std::string replacement, Prepend prepend, bool split)
      : replacement_(std::move(replacement)), prepend_(prepend), split_(split) {}

  void split(Words& words) const override {
    bool at_begin = words.at_text_begin;
    for (std::string_view& word : words.views) {
      std::string made;
      for (const char c : word) c == ' ' ? made.append(replacement_) : made.append(1, c);
      const bool wanted = prepend_ == Prepend::kAlways || (prepend_ == Prepend::kFirst && at_begin);
      if (wanted && !made.starts_with(replacement_)) made.insert(0, replacement_);
      word = words.keep(std::move(made));
      at_begin = false;
    }
    if (!split_) return;
    const Pattern pattern = Pattern::literal(replacement_);
    split_by(pattern, Delimiter::kMergedWithNext, false)->split(words);
  }

 private:
  std::string replacement_;
  Prepend prepend_;
  bool split_;
};

}  // namespace

std::unique_ptr<const PreTokenizer> split_by(Pattern pattern, Delimiter delimiter, bool invert) {
  return std::make_unique<PatternSplit>(std::move(pattern), delimiter, invert);
}

std::unique_ptr<const PreTokenizer> split_digits(bool individual) {
  return std::make_unique<CharacterSplit>(is_numeric,
                                          individual ? Delimiter::kIsolated : Delimiter::kContiguous);
}

std::unique_ptr<const PreTokenizer> split_punctuation(Delimiter delimiter) {
  return std::make_unique<CharacterSplit>(is_punctuation, delimiter);
}

std::unique_ptr<const PreTokenizer> split_whitespace_and_punctuation() {
  // The reference uses Rust's \w here: Alphabetic, Mark, Decimal_Number, Connector_Punctuation, Join_Control.
  static constexpr std::string_view kWordInside = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control})";
  const std::string inside(kWordInside);
  return split_by(Pattern::regex("[" + inside + "]+|[^" + inside + "\\s]+"), Delimiter::kRemoved, true);
}

std::unique_ptr<const PreTokenizer> split_whitespace() {
  return std::make_unique<CharacterSplit>(is_white_space, Delimiter::kRemoved);
}

std::unique_ptr<const PreTokenizer> byte_level(bool add_prefix_space, bool use_regex) {
  PreTokenizers steps;
  if (add_prefix_space) steps.push_back(std::make_unique<PrefixSpace>());
  if (use_regex) steps.push_back(split_by(Pattern::regex(kGpt2Pattern), Delimiter::kIsolated, false));
  return std::make_unique<Steps>(std::move(steps));
}

std::unique_ptr<const PreTokenizer> into_byte_alphabet() { return std::make_unique<ByteAlphabet>(); }

std::unique_ptr<const PreTokenizer> metaspace(std::string replacement, Prepend prepend, bool split) {
  return std::make_unique<Metaspace>(std::move(replacement), prepend, split);
}

}  // namespace auris::text
