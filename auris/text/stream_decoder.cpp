#include "auris/text/stream_decoder.h"

#include <algorithm>
#include <span>

#include "auris/text/utf8.h"

namespace auris::text {

std::string StreamDecoder::push(TokenId id) {
  if (id < 0 || id >= tokenizer_.vocab_size()) return "";
  if (!with_special_ && tokenizer_.is_special(id)) return "";
  window_.push_back(id);
  return release(first_waiting());
}

std::string StreamDecoder::finish() {
  std::string text = release(window_.size());
  window_.clear();
  context_ = 0;
  return text;
}

// The held-back token within which an unfinished last character begins; the window's size if there is none.
size_t StreamDecoder::first_waiting() const {
  std::string bytes;
  std::vector<size_t> ends;  // of each held-back token in bytes
  for (size_t i = context_; i < window_.size(); ++i) {
    bytes += tokenizer_.piece(window_[i]);
    ends.push_back(bytes.size());
  }
  for (size_t i = 0; i < bytes.size();) {
    const Utf8Part part = utf8_part(bytes, i);
    if (part.kind == Utf8Part::Kind::kIncomplete) {
      const auto token = std::upper_bound(ends.begin(), ends.end(), i);
      return context_ + static_cast<size_t>(token - ends.begin());
    }
    i += part.length;
  }
  return window_.size();
}

std::string StreamDecoder::release(size_t end) {
  if (end == context_) return "";
  const std::span<const TokenId> all(window_);
  const std::string before = tokenizer_.decode(all.first(context_), with_special_);
  std::string now = tokenizer_.decode(all.first(end), with_special_);
  if (now.starts_with(before)) {
    now.erase(0, before.size());
  } else {  // the decoder changed its mind about bytes that were shown already
    now = tokenizer_.decode(all.subspan(context_, end - context_), with_special_);
  }
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(context_));
  context_ = end - context_;
  return now;
}

}  // namespace auris::text
