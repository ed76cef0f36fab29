#pragma once
// "Did you mean ...?" for names that were not found: tensors, models, commands.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace auris {

// Up to `count` of `candidates`, the ones with the smallest edit distance (Levenshtein, case ignored) to
// `name` first; candidates that differ in more than half of their letters are left out. Names over 200 bytes
// and candidates beyond the first 20,000 are not looked at, so that a hostile list costs little.
std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string_view> candidates,
                                       size_t count = 3);

// "did you mean 'a', 'b' or 'c'"; empty when there is nothing near.
std::string nearest_hint(std::string_view name, std::span<const std::string_view> candidates,
                         size_t count = 3);

}  // namespace auris
