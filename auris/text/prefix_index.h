#pragma once
// All strings of a set that begin a text, shortest first. A sorted list that is narrowed byte by byte: no
// memory besides the order, quick to build.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace auris::text {

class PrefixIndex {
 public:
  PrefixIndex() = default;
  // The views must outlive the index. Empty strings are left out; of equal strings the first one counts.
  explicit PrefixIndex(std::vector<std::pair<std::string_view, int32_t>> entries)
      : entries_(std::move(entries)) {
    std::erase_if(entries_, [](const auto& entry) { return entry.first.empty(); });
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& entry : entries_) ++first_[size_t{byte_at(entry.first, 0)} + 1];
    for (size_t b = 0; b < 256; ++b) first_[b + 1] += first_[b];
  }

  bool empty() const { return entries_.empty(); }

  // found(value, length) for each entry that `text` begins with.
  template <typename Found>
  void each_prefix(std::string_view text, const Found& found) const {
    if (text.empty()) return;
    size_t low = first_[byte_at(text, 0)];
    size_t high = first_[size_t{byte_at(text, 0)} + 1];
    for (size_t depth = 1; low < high; ++depth) {
      bool told = false;
      for (; low < high && entries_[low].first.size() == depth; ++low) {
        if (!told) found(entries_[low].second, depth);
        told = true;
      }
      if (depth == text.size()) return;
      narrow(depth, byte_at(text, depth), low, high);
    }
  }

 private:
  static uint8_t byte_at(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

  void narrow(size_t depth, uint8_t wanted, size_t& low, size_t& high) const {
    const auto from = entries_.begin() + static_cast<std::ptrdiff_t>(low);
    const auto to = entries_.begin() + static_cast<std::ptrdiff_t>(high);
    const auto less = [depth](const auto& entry, uint8_t byte) { return byte_at(entry.first, depth) < byte; };
    const auto more = [depth](uint8_t byte, const auto& entry) { return byte < byte_at(entry.first, depth); };
    const auto begin = std::lower_bound(from, to, wanted, less);
    high = static_cast<size_t>(std::upper_bound(begin, to, wanted, more) - entries_.begin());
    low = static_cast<size_t>(begin - entries_.begin());
  }

  std::vector<std::pair<std::string_view, int32_t>> entries_;
  std::array<size_t, 257> first_{};  // entries that begin with byte b: [first_[b], first_[b + 1])
};

}  // namespace auris::text
