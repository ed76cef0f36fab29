#include "auris/text/stream_decoder.h"

#include <algorithm>
#include <span>

#include "auris/text/utf8.h"

namespace auris::text {

std::string StreamDecoder::push(TokenId id) {
  if (id < 0 || id >= tokenizer_.vocab_size()) return "";
  if (!with_special_ && tokenizer_.is_special(id)) return "";
  window_.push_back(id);
  const Tail now = tail();
  if (now.unfinished && now.inside && now.clean == context_) return release_inside();
  return release(now.clean);
}

std::string StreamDecoder::finish() {
  std::string text = release(window_.size());
  window_.clear();
  shown_.clear();
  context_ = 0;
  return text;
}

StreamDecoder::Tail StreamDecoder::tail() const {
  std::string bytes;
  std::vector<size_t> ends;  // of each held-back token in bytes
  for (size_t i = context_; i < window_.size(); ++i) {
    bytes += tokenizer_.piece(window_[i]);
    ends.push_back(bytes.size());
  }
  Tail out{.clean = context_, .unfinished = false, .inside = false};
  size_t token = 0;
  for (size_t i = 0; i < bytes.size();) {
    while (token < ends.size() && ends[token] <= i) {
      if (ends[token] == i) out.clean = context_ + token + 1;
      ++token;
    }
    const Utf8Part part = utf8_part(bytes, i);
    out.unfinished = part.kind == Utf8Part::Kind::kIncomplete;
    if (out.unfinished) out.inside = out.clean == context_ ? i > 0 : ends[out.clean - context_ - 1] != i;
    i += part.length;
  }
  if (!out.unfinished) out.clean = window_.size();
  return out;
}

std::string StreamDecoder::release(size_t end) {
  if (end == context_) return "";
  const std::span<const TokenId> all(window_);
  std::string text = tokenizer_.decode(all.first(end), with_special_);
  if (text.starts_with(shown_)) {
    text.erase(0, shown_.size());
  } else {  // the decoder changed its mind about bytes that were shown already
    text = tokenizer_.decode(all.subspan(context_, end - context_), with_special_);
  }
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(context_));
  context_ = end - context_;
  shown_ = tokenizer_.decode(std::span<const TokenId>(window_).first(context_), with_special_);
  return text;
}

// Byte-level tokens can end one character and begin the next. Everything but the unfinished one, which
// decode() shows as one U+FFFD at the end, is certain; the tokens stay, as there is no border to cut at.
std::string StreamDecoder::release_inside() {
  constexpr std::string_view kUnfinished = "\uFFFD";
  std::string text = tokenizer_.decode(window_, with_special_);
  if (!text.ends_with(kUnfinished) || !text.starts_with(shown_)) return "";
  text.resize(text.size() - kUnfinished.size());
  std::string fresh = text.substr(std::min(shown_.size(), text.size()));
  if (!fresh.empty()) shown_ = std::move(text);
  return fresh;
}

}  // namespace auris::text
