#include "auris/base/json_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/mapped_file.h"

namespace auris {
namespace {

// The most brackets that are open at once outside texts. The parser tells the depth too, at twice the cost
// of parsing.
int depth_of(std::string_view text) {
  int depth = 0, deepest = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& where, ErrorCode code,
                          const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    throw Error(code, {.where = where,
                       .expected = fmt::format("at most {} bytes of JSON", limits.max_bytes),
                       .got = fmt::format("{} bytes", text.size()),
                       .hint = ""});
  }
  if (depth_of(text) > limits.max_depth) {
    throw Error(code, {.where = where,
                       .expected = fmt::format("JSON nested at most {} deep", limits.max_depth),
                       .got = "deeper nesting",
                       .hint = ""});
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(code, {.where = where,
                       .expected = "well-formed JSON",
                       .got = fmt::format("an error at byte {}", error.byte),
                       .hint = "the file may be damaged or cut short"});
  } catch (const nlohmann::json::out_of_range&) {  // 1e999
    throw Error(code,
                {.where = where, .expected = "numbers that fit 64 bits", .got = "a larger one", .hint = ""});
  }
}

nlohmann::json read_json_file(const std::filesystem::path& path, ErrorCode code, const JsonLimits& limits) {
  auto file = MappedFile::open(path, code);
  auto bytes = file->bytes();
  return parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.filename().string(),
                    code, limits);
}

std::string json_line(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace auris
