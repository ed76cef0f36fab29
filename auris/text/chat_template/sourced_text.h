#pragma once
// A string that knows which of its bytes the template wrote (trusted) and which came from the data (not
// trusted). All string work of the interpreter goes through it, so origin survives concatenation, slicing,
// trimming and filters.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace auris::text::jinja {

// Byte offsets.
struct TrustedRange {
  size_t begin = 0;
  size_t end = 0;
};

class SourcedText {
 public:
  SourcedText() = default;
  SourcedText(std::string_view bytes, bool trusted) { append(bytes, trusted); }

  std::string_view view() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  const std::vector<TrustedRange>& trusted() const { return trusted_; }

  void append(std::string_view bytes, bool trusted);
  void append(const SourcedText& other) { append(other, 0, other.size()); }
  // Bytes [begin, end) of another text, with their origin.
  void append(const SourcedText& other, size_t begin, size_t end);
  SourcedText slice(size_t begin, size_t end) const;

  bool trusted_at(size_t offset) const;

 private:
  void add_range(size_t begin, size_t end);

  std::string bytes_;
  std::vector<TrustedRange> trusted_;  // sorted, disjoint, not touching
};

// Answers trusted_at() for growing offsets in constant time.
class TrustCursor {
 public:
  explicit TrustCursor(const SourcedText& text) : ranges_(text.trusted()) {}
  bool at(size_t offset) {
    while (next_ < ranges_.size() && ranges_[next_].end <= offset) ++next_;
    return next_ < ranges_.size() && ranges_[next_].begin <= offset;
  }

 private:
  const std::vector<TrustedRange>& ranges_;
  size_t next_ = 0;
};

}  // namespace auris::text::jinja
