#pragma once
// The JSON header of a safetensors file, read without building a JSON tree: hostile headers are as large as
// the format allows, and a tree would hide duplicate keys.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace auris::weights {

struct SafetensorsEntry {
  std::string name;
  std::string dtype;
  std::vector<uint64_t> extents;
  std::array<uint64_t, 2> offsets{};  // [begin, end) behind the header
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

// Throws kModel. Names may still be duplicates; everything else of the header's form has been checked.
SafetensorsHeader parse_safetensors_header(std::string_view text);

}  // namespace auris::weights
