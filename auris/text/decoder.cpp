#include "auris/text/decoder.h"

#include <charconv>
#include <optional>

#include "auris/base/error.h"
#include "auris/text/byte_alphabet.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

class ByteLevel final : public Decoder {
 public:
  void apply(std::vector<std::string>& tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens) {
      if (!append_from_byte_characters(token, bytes)) bytes += token;
    }
    tokens.assign(1, to_valid_utf8(bytes));
  }
  void apply_to_piece(std::string& token) const override {
    std::string bytes;
    if (append_from_byte_characters(token, bytes)) token = std::move(bytes);
  }
};

// The byte of "<0x41>".
std::optional<char> byte_of(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
  uint8_t byte = 0;
  const auto [end, error] = std::from_chars(token.data() + 3, token.data() + 5, byte, 16);
  if (error != std::errc() || end != token.data() + 5) return std::nullopt;
  return static_cast<char>(byte);
}

class ByteFallback final : public Decoder {
 public:
  // A run of bytes that is not UTF-8 as a whole becomes one U+FFFD for each byte.
  void apply(std::vector<std::string>& tokens) const override {
    std::vector<std::string> out;
    std::string run;
    const auto flush = [&] {
      if (run.empty()) return;
      if (is_valid_utf8(run)) {
        out.push_back(run);
      } else {
        out.insert(out.end(), run.size(), "\uFFFD");
      }
      run.clear();
    };
    for (std::string& token : tokens) {
      if (const auto byte = byte_of(token)) {
        run += *byte;
      } else {
        flush();
        out.push_back(std::move(token));
      }
    }
    flush();
    tokens = std::move(out);
  }
  void apply_to_piece(std::string& token) const override {
    if (const auto byte = byte_of(token)) token.assign(1, *byte);
  }
};

class Fuse final : public Decoder {
 public:
  void apply(std::vector<std::string>& tokens) const override {
    std::string all;
    for (const std::string& token : tokens) all += token;
    tokens = {std::move(all)};
  }
  void apply_to_piece(std::string&) const override {}
};

// A file whose rules make much more of a string than it was is an attack.
void check_size(size_t bytes, size_t bytes_before) {
  if (bytes <= (size_t{1} << 20) + 4 * bytes_before) return;
  throw Error(ErrorCode::kModel, {.where = "tokenizer decoder",
                                  .expected = "replacements that keep a token about as long as it is",
                                  .got = "more",
                                  .hint = ""});
}

class Replace final : public Decoder {
 public:
  Replace(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void apply(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) apply_to_piece(token);
  }
  void apply_to_piece(std::string& token) const override {
    if (!is_valid_utf8(token)) return;
    std::string out;
    size_t done = 0;
    for (size_t from = 0; from <= token.size();) {
      const auto match = pattern_.find(token, from);
      if (!match) break;
      out.append(token, done, match->begin - done);
      out += content_;
      check_size(out.size(), token.size());
      done = match->end;
      if (match->end == token.size()) break;
      from = match->end > match->begin ? match->end : match->end + character_at(token, match->end).length;
    }
    out.append(token, done);
    token = std::move(out);
  }

 private:
  Pattern pattern_;
  std::string content_;
};

class Strip final : public Decoder {
 public:
  Strip(std::string content, size_t start, size_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {}

  void apply(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      std::string_view rest = token;
      for (size_t i = 0; i < start_ && rest.starts_with(content_); ++i) rest.remove_prefix(content_.size());
      for (size_t i = 0; i < stop_ && rest.ends_with(content_); ++i) rest.remove_suffix(content_.size());
      token = std::string(rest);
    }
  }
  void apply_to_piece(std::string&) const override {}

 private:
  std::string content_;
  size_t start_;
  size_t stop_;
};

class Metaspace final : public Decoder {
 public:
  Metaspace(std::string replacement, bool drop_first)
      : replacement_(Pattern::literal(replacement), " "),
        first_(Pattern::literal(replacement), ""),
        drop_first_(drop_first) {}

  void apply(std::vector<std::string>& tokens) const override {
    for (size_t i = 0; i < tokens.size(); ++i)
      (i == 0 && drop_first_ ? first_ : replacement_).apply_to_piece(tokens[i]);
  }
  void apply_to_piece(std::string& token) const override { replacement_.apply_to_piece(token); }

 private:
  Replace replacement_;
  Replace first_;
  bool drop_first_;
};

}  // namespace

std::unique_ptr<const Decoder> decode_byte_level() { return std::make_unique<ByteLevel>(); }
std::unique_ptr<const Decoder> decode_byte_fallback() { return std::make_unique<ByteFallback>(); }
std::unique_ptr<const Decoder> decode_fuse() { return std::make_unique<Fuse>(); }
std::unique_ptr<const Decoder> decode_replace(Pattern pattern, std::string content) {
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}
std::unique_ptr<const Decoder> decode_strip(std::string content, size_t start, size_t stop) {
  return std::make_unique<Strip>(std::move(content), start, stop);
}
std::unique_ptr<const Decoder> decode_metaspace(std::string replacement, bool drop_first) {
  return std::make_unique<Metaspace>(std::move(replacement), drop_first);
}

}  // namespace auris::text
