#include "auris/base/json_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/mapped_file.h"

namespace auris {
namespace {

struct Shape {
  int depth = 0;      // the most brackets that are open at once, outside texts
  size_t values = 1;  // at least as many as there are
};

// The parser tells this too, at twice the cost of parsing.
Shape shape_of(std::string_view text) {
  Shape shape;
  int depth = 0;
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
      shape.depth = std::max(shape.depth, ++depth);
      ++shape.values;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ',') {
      ++shape.values;
    }
  }
  return shape;
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
  const Shape shape = shape_of(text);
  if (shape.depth > limits.max_depth) {
    throw Error(code, {.where = where,
                       .expected = fmt::format("JSON nested at most {} deep", limits.max_depth),
                       .got = "deeper nesting",
                       .hint = ""});
  }
  if (shape.values > limits.max_values) {
    throw Error(code, {.where = where,
                       .expected = fmt::format("JSON of at most {} values", limits.max_values),
                       .got = "more",
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
