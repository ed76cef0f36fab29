#include "auris/base/error.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

namespace auris {
namespace {

// Length of the character that a text begins with; 0 if it is not UTF-8 or would steer a terminal: control
// characters and the invisible ones that turn the direction of writing.
size_t printable_bytes(std::string_view text) {
  utf8proc_int32_t code = -1;
  auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &code);
  if (length <= 0) return 0;
  utf8proc_category_t category = utf8proc_category(code);
  bool shown = category != UTF8PROC_CATEGORY_CC && category != UTF8PROC_CATEGORY_CF &&
               category != UTF8PROC_CATEGORY_ZL && category != UTF8PROC_CATEGORY_ZP;
  return shown ? static_cast<size_t>(length) : 0;
}

// A part may be another message, which ends a sentence already.
std::string_view full_stop(std::string_view part) { return part.ends_with('.') ? "" : "."; }

std::string message_of(const ErrorParts& parts) {
  std::string text =
      fmt::format("[{}] expected {}, got {}{}", parts.where, parts.expected, parts.got, full_stop(parts.got));
  if (!parts.hint.empty()) text += fmt::format(" Hint: {}{}", parts.hint, full_stop(parts.hint));
  return text;
}

const char* file_name(const char* path) {
  std::string_view view(path);
  size_t slash = view.rfind('/');
  return slash == std::string_view::npos ? path : path + slash + 1;
}

}  // namespace

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage: return "usage";
    case ErrorCode::kInput: return "input";
    case ErrorCode::kModel: return "model";
    case ErrorCode::kNetwork: return "network";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kInternal: return "internal";
  }
  return "unknown";
}

Error::Error(ErrorCode code, const ErrorParts& parts)
    : std::runtime_error(message_of(parts)), code_(code), parts_(parts) {}

std::string quoted(std::string_view text, size_t max_bytes) {
  std::string out = "'";
  for (size_t i = 0; i < text.size();) {
    if (i >= max_bytes) {
      out += "...";
      break;
    }
    size_t length = printable_bytes(text.substr(i));
    if (length == 0) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
    out += text.substr(i, length);
    i += std::max<size_t>(length, 1);
  }
  return out + "'";
}

void fail_invariant(const char* condition, const char* file, int line) {
  throw Error(ErrorCode::kInternal, {.where = fmt::format("{}:{}", file_name(file), line),
                                     .expected = condition,
                                     .got = "the opposite",
                                     .hint = "this is a defect in Auris; please report it"});
}

}  // namespace auris
