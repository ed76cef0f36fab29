#include "auris/base/nearest.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "auris/base/error.h"

namespace auris {
namespace {

constexpr size_t kMaxBytes = 200;
constexpr size_t kMaxCandidates = 20000;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string_view> candidates,
                                       size_t count) {
  if (name.size() > kMaxBytes) return {};
  std::vector<std::pair<size_t, std::string_view>> ranked;
  for (std::string_view candidate : candidates.first(std::min(candidates.size(), kMaxCandidates))) {
    if (candidate.size() > kMaxBytes) continue;
    size_t distance = edit_distance(name, candidate);
    if (distance * 2 <= std::max(name.size(), candidate.size())) ranked.emplace_back(distance, candidate);
  }
  size_t kept = std::min(count, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept), ranked.end());
  std::vector<std::string> names;
  for (size_t i = 0; i < kept; ++i) names.emplace_back(ranked[i].second);
  return names;
}

std::string nearest_hint(std::string_view name, std::span<const std::string_view> candidates, size_t count) {
  std::vector<std::string> names = nearest_names(name, candidates, count);
  if (names.empty()) return "";
  std::string hint = "did you mean ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) hint += i + 1 == names.size() ? " or " : ", ";
    hint += quoted(names[i]);
  }
  return hint;
}

}  // namespace auris
