#include "auris/text/marked_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

void check_ranges(const MarkedText& text) {
  size_t last_end = 0;
  for (const MarkedText::Range& range : text.trusted) {
    if (range.begin < last_end || range.end < range.begin || range.end > text.text.size()) {
      throw Error(ErrorCode::kUsage, {.where = "marked text",
                                      .expected = "sorted, disjoint ranges inside the text",
                                      .got = fmt::format("[{}, {}) after {} in {} bytes", range.begin,
                                                         range.end, last_end, text.text.size()),
                                      .hint = ""});
    }
    last_end = range.end;
  }
}

}  // namespace

void MarkedText::append(std::string_view piece, bool is_trusted) {
  const size_t begin = text.size();
  text.append(piece);
  if (!is_trusted || piece.empty()) return;
  if (!trusted.empty() && trusted.back().end == begin) {
    trusted.back().end = text.size();
  } else {
    trusted.push_back({begin, text.size()});
  }
}

std::vector<TokenId> Tokenizer::encode(std::string_view untrusted, bool add_bos) const {
  return encode(MarkedText{.text = std::string(untrusted), .trusted = {}}, add_bos);
}

MarkedText valid_marked_text(const MarkedText& text) {
  check_ranges(text);
  if (is_valid_utf8(text.text)) return text;
  if (text.trusted.empty()) return {.text = to_valid_utf8(text.text), .trusted = {}};
  const std::string trust = trust_bytes(text.trusted, 0, text.text.size());
  MarkedText out;
  std::string new_trust;
  for (size_t i = 0; i < text.text.size();) {
    const Utf8Part part = utf8_part(text.text, i);
    const bool trusted = trust.substr(i, part.length).find('\0') == std::string::npos;
    const size_t before = out.text.size();
    if (part.kind == Utf8Part::Kind::kCharacter) {
      out.text.append(text.text, i, part.length);
      new_trust.append(trust, i, part.length);
    } else {
      append_utf8(kReplacementCharacter, out.text);
      new_trust.append(out.text.size() - before, trusted ? '\1' : '\0');
    }
    i += part.length;
  }
  out.trusted = trust_ranges(new_trust);
  return out;
}

std::string trust_bytes(const std::vector<MarkedText::Range>& ranges, size_t begin, size_t end) {
  std::string bytes(end - begin, '\0');
  for (const MarkedText::Range& range : ranges) {
    const size_t from = std::clamp(range.begin, begin, end);
    const size_t to = std::clamp(range.end, begin, end);
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from - begin),
              bytes.begin() + static_cast<std::ptrdiff_t>(to - begin), '\1');
  }
  return bytes;
}

std::vector<MarkedText::Range> trust_ranges(const std::string& bytes) {
  std::vector<MarkedText::Range> ranges;
  for (size_t i = 0; i < bytes.size();) {
    const size_t end = std::min(bytes.find(bytes[i] == '\0' ? '\1' : '\0', i), bytes.size());
    if (bytes[i] != '\0') ranges.push_back({i, end});
    i = end;
  }
  return ranges;
}

}  // namespace auris::text
