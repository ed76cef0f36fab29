#include "auris/base/error.h"

#include <fmt/format.h>

namespace auris {
namespace {

std::string message_of(const ErrorParts& parts) {
  std::string text = fmt::format("[{}] expected {}, got {}.", parts.where, parts.expected, parts.got);
  if (!parts.hint.empty()) text += fmt::format(" Hint: {}.", parts.hint);
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
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == max_bytes) {
      out += "...";
      break;
    }
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += text[i];
    }
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
