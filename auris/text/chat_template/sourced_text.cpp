#include "auris/text/chat_template/sourced_text.h"

#include <algorithm>

namespace auris::text::jinja {
namespace {

// The first range that ends after `offset`.
auto range_after(const std::vector<TrustedRange>& ranges, size_t offset) {
  return std::upper_bound(ranges.begin(), ranges.end(), offset,
                          [](size_t value, const TrustedRange& range) { return value < range.end; });
}

}  // namespace

void SourcedText::add_range(size_t begin, size_t end) {
  if (begin >= end) return;
  if (!trusted_.empty() && trusted_.back().end == begin) {
    trusted_.back().end = end;
  } else {
    trusted_.push_back({begin, end});
  }
}

void SourcedText::append(std::string_view bytes, bool trusted) {
  size_t begin = bytes_.size();
  bytes_.append(bytes);
  if (trusted) add_range(begin, bytes_.size());
}

void SourcedText::append(const SourcedText& other, size_t begin, size_t end) {
  size_t offset = bytes_.size();
  bytes_.append(other.bytes_, begin, end - begin);
  for (auto range = range_after(other.trusted_, begin); range != other.trusted_.end(); ++range) {
    if (range->begin >= end) break;
    add_range(offset + std::max(range->begin, begin) - begin, offset + std::min(range->end, end) - begin);
  }
}

SourcedText SourcedText::slice(size_t begin, size_t end) const {
  SourcedText out;
  out.append(*this, begin, end);
  return out;
}

bool SourcedText::trusted_at(size_t offset) const {
  auto range = range_after(trusted_, offset);
  return range != trusted_.end() && range->begin <= offset;
}

}  // namespace auris::text::jinja
