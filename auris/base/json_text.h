#pragma once
// JSON that comes from files and requests: parsed with a bound on size and depth, errors as auris::Error.

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"

namespace auris {

struct JsonLimits {
  size_t max_bytes = 64u << 20;
  int max_depth = 64;
  size_t max_values = std::numeric_limits<size_t>::max();  // each takes memory, however few bytes wrote it
};

// `where` names the source in messages ("config.json"). Throws `code`.
nlohmann::json parse_json(std::string_view text, const std::string& where, ErrorCode code,
                          const JsonLimits& limits = {});
nlohmann::json read_json_file(const std::filesystem::path& path, ErrorCode code,
                              const JsonLimits& limits = {});

// In one line, without its end; what is not UTF-8 is replaced.
std::string json_line(const nlohmann::ordered_json& value);

}  // namespace auris
