#include "auris/server/speech/multipart.h"

#include <algorithm>
#include <map>
#include <optional>

#include "auris/base/ascii_lower.h"
#include "auris/base/trimmed.h"
#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

constexpr size_t kMostFields = 256;
constexpr size_t kMostHeaderBytes = 8 << 10;
constexpr size_t kMostBoundaryBytes = 70;  // RFC 2046
constexpr std::string_view kLineEnd = "\r\n";

[[noreturn]] void fail(const char* what) {
  throw ApiError({.message = std::string("The form cannot be read: ") + what + "."});
}

// A header's value and what stands behind it: form-data; name="file"; filename="a.wav".
struct Header {
  std::string value;  // in lower case
  std::map<std::string, std::string> parameters = {};
};

// Quoted with \ before quotes, or plain up to the next semicolon; `text` loses it.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    const std::string_view plain = text.substr(0, text.find(';'));
    text.remove_prefix(plain.size());
    return std::string(trimmed(plain, " \t"));
  }
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1 && (text[1] == '"' || text[1] == '\\')) text.remove_prefix(1);
    value += text.front();
    text.remove_prefix(1);
  }
  if (text.empty()) fail("a quoted value without its end");
  text.remove_prefix(1);
  return value;
}

Header parse_header(std::string_view text) {
  const std::string_view value = text.substr(0, text.find(';'));
  text.remove_prefix(value.size());
  Header header{.value = ascii_lower(trimmed(value, " \t"))};
  while (true) {
    text = trimmed(text, " \t");
    if (text.empty()) return header;
    if (text.front() != ';') fail("a header whose parameters run into each other");
    text = trimmed(text.substr(1), " \t");
    const size_t equals = text.find('=');
    if (text.empty()) return header;
    if (equals == std::string_view::npos) fail("a parameter without a value");
    const std::string name = ascii_lower(trimmed(text.substr(0, equals), " \t"));
    text.remove_prefix(equals + 1);
    if (!header.parameters.emplace(name, take_value(text)).second) fail("a parameter that is given twice");
  }
}

std::string boundary_of(std::string_view content_type) {
  const Header header = parse_header(content_type);
  if (header.value != "multipart/form-data")
    throw ApiError(ApiErrorParts{.status = 415, .message = "This address takes multipart/form-data."});
  const auto boundary = header.parameters.find("boundary");
  if (boundary == header.parameters.end() || boundary->second.empty() ||
      boundary->second.size() > kMostBoundaryBytes)
    fail("no boundary of 1 to 70 characters");
  return boundary->second;
}

// The headers of a part, which end at the first empty line.
FormField parse_headers(std::string_view lines) {
  std::optional<Header> disposition;
  while (!lines.empty()) {
    const size_t end = lines.find(kLineEnd);
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + kLineEnd.size());
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) fail("a header without a colon");
    const std::string name = ascii_lower(line.substr(0, colon));
    if (name == "content-transfer-encoding" &&
        ascii_lower(trimmed(line.substr(colon + 1), " \t")) != "binary" &&
        ascii_lower(trimmed(line.substr(colon + 1), " \t")) != "8bit")
      fail("a part in a transfer encoding");
    if (name != "content-disposition") continue;
    if (disposition) fail("a part with two names");
    disposition = parse_header(line.substr(colon + 1));
  }
  if (!disposition || disposition->value != "form-data" || !disposition->parameters.contains("name"))
    fail("a part without a name");
  FormField field{.name = disposition->parameters.at("name")};
  const auto file = disposition->parameters.find("filename");
  if (file != disposition->parameters.end()) field.file_name = file->second;
  return field;
}

}  // namespace

std::vector<FormField> parse_multipart(std::string_view content_type, std::string_view body) {
  const std::string mark = "--" + boundary_of(content_type);
  const std::string between = std::string(kLineEnd) + mark;
  if (!body.starts_with(mark)) fail("it does not begin with its boundary");
  body.remove_prefix(mark.size());
  std::vector<FormField> fields;
  while (!body.starts_with("--")) {
    if (!body.starts_with(kLineEnd)) fail("a boundary with something behind it");
    body.remove_prefix(kLineEnd.size());
    const size_t blank = body.substr(0, kMostHeaderBytes).find("\r\n\r\n");
    if (blank == std::string_view::npos) fail("a part whose headers do not end");
    FormField field = parse_headers(body.substr(0, blank));
    body.remove_prefix(blank + 2 * kLineEnd.size());
    // The line end before the boundary belongs to it.
    const size_t end = body.find(between);
    if (end == std::string_view::npos) fail("it ends before its last boundary");
    field.content = body.substr(0, end);
    body.remove_prefix(end + between.size());
    fields.push_back(std::move(field));
    if (fields.size() > kMostFields) fail("it has too many fields");
  }
  return fields;
}

}  // namespace auris::server
