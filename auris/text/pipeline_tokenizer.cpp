#include "auris/text/pipeline_tokenizer.h"

#include <map>
#include <string>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/marked_text.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

using Range = MarkedText::Range;

std::string normalized_content(const Normalizers& normalizers, const std::string& content) {
  NormalText text{.text = content, .trust = {}, .tracks = false};
  for (const auto& normalizer : normalizers) normalizer->apply(text);
  return text.text;
}

class PipelineTokenizer final : public Tokenizer {
 public:
  explicit PipelineTokenizer(PipelineParts parts)
      : parts_(std::move(parts)), exact_(tokens_with(false)), normalized_(tokens_with(true)) {
    special_.assign(static_cast<size_t>(parts_.vocabulary->size()), false);
    is_added_.assign(special_.size(), false);
    for (const AddedToken& token : parts_.added_tokens) {
      is_added_[static_cast<size_t>(token.id)] = true;
      if (token.special) special_[static_cast<size_t>(token.id)] = true;
      if (!token.normalized) continue;
      std::string content = normalized_content(parts_.normalizers, token.content);
      if (content != token.content) normalized_texts_[token.id] = std::move(content);
    }
  }

  int64_t vocab_size() const override { return parts_.vocabulary->size(); }

  std::vector<TokenId> encode(const MarkedText& marked, bool add_bos) const override {
    std::vector<TokenId> out;
    if (add_bos) out = parts_.prefix;
    const MarkedText text = valid_marked_text(marked);
    for (const Stretch& stretch : exact_.cut(text.text, text.trusted)) {
      if (stretch.id >= 0) {
        out.push_back(stretch.id);
      } else {
        encode_stretch(text, stretch, out);
      }
    }
    return out;
  }

  std::string piece(TokenId id) const override {
    std::string text(text_of(id));
    if (is_added_[static_cast<size_t>(id)]) return text;
    for (const auto& decoder : parts_.decoders) decoder->apply_to_piece(text);
    return text;
  }

  std::string decode(std::span<const TokenId> ids, bool with_special) const override {
    std::vector<std::string> tokens;
    tokens.reserve(ids.size());
    for (const TokenId id : ids) {
      if (!parts_.vocabulary->contains(id)) continue;
      if (!with_special && special_[static_cast<size_t>(id)]) continue;
      tokens.emplace_back(text_of(id));
    }
    for (const auto& decoder : parts_.decoders) decoder->apply(tokens);
    std::string text;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0) text += parts_.joined_by;
      text += tokens[i];
    }
    return to_valid_utf8(text);
  }

  bool is_special(TokenId id) const override {
    return id >= 0 && id < vocab_size() && special_[static_cast<size_t>(id)];
  }
  std::optional<TokenId> find(std::string_view literal) const override {
    return parts_.vocabulary->find(literal);
  }
  std::optional<TokenId> bos() const override { return parts_.bos; }
  std::optional<TokenId> eos() const override { return parts_.eos; }

 private:
  // As in the reference, an added token that is looked for in normalized text is decoded as such.
  std::string_view text_of(TokenId id) const {
    const auto found = normalized_texts_.find(id);
    return found == normalized_texts_.end() ? parts_.vocabulary->text(id) : std::string_view(found->second);
  }

  std::vector<AddedToken> tokens_with(bool normalized) const {
    std::vector<AddedToken> tokens;
    for (AddedToken token : parts_.added_tokens) {
      if (token.normalized != normalized) continue;
      if (normalized) token.content = normalized_content(parts_.normalizers, token.content);
      tokens.push_back(std::move(token));
    }
    return tokens;
  }

  // Ordinary text between added tokens: normalize, look for normalized added tokens, cut into words, encode.
  void encode_stretch(const MarkedText& whole, const Stretch& stretch, std::vector<TokenId>& out) const {
    NormalText text;
    text.text = whole.text.substr(stretch.begin, stretch.end - stretch.begin);
    text.tracks = !normalized_.empty();
    if (text.tracks) text.trust = trust_bytes(whole.trusted, stretch.begin, stretch.end);
    for (const auto& normalizer : parts_.normalizers) normalizer->apply(text);
    if (normalized_.empty()) return encode_words(text.text, stretch.begin == 0, out);
    for (const Stretch& part : normalized_.cut(text.text, trust_ranges(text.trust))) {
      if (part.id >= 0) {
        out.push_back(part.id);
      } else {
        const std::string_view ordinary =
            std::string_view(text.text).substr(part.begin, part.end - part.begin);
        encode_words(ordinary, stretch.begin == 0 && part.begin == 0, out);
      }
    }
  }

  void encode_words(std::string_view text, bool at_text_begin, std::vector<TokenId>& out) const {
    if (text.empty()) return;
    Words words;
    words.views.push_back(text);
    words.at_text_begin = at_text_begin;
    for (const auto& step : parts_.pre_tokenizers) step->split(words);
    for (const std::string_view word : words.views) encode_in_parts(*parts_.model, word, out);
  }

  PipelineParts parts_;
  AddedTokenMatcher exact_;
  AddedTokenMatcher normalized_;
  std::map<TokenId, std::string> normalized_texts_;
  std::vector<bool> special_;
  std::vector<bool> is_added_;
};

}  // namespace

std::shared_ptr<const Tokenizer> make_pipeline_tokenizer(PipelineParts parts) {
  for (const AddedToken& token : parts.added_tokens) AURIS_CHECK(parts.vocabulary->contains(token.id));
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace auris::text
