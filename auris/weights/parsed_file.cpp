#include "auris/weights/parsed_file.h"

#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/checked.h"

namespace auris::weights {
namespace {

constexpr size_t kMaxNameBytes = 1024;

// Length of the UTF-8 sequence that starts `text`, or 0 if there is none (overlong forms, surrogates and
// values beyond U+10FFFF are none).
size_t utf8_sequence(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3)
               ? 4
               : 0;
  }
  return 0;
}

}  // namespace

void fail_model(const std::string& where, const std::string& expected, const std::string& got,
                const std::string& hint) {
  throw Error(ErrorCode::kModel, {.where = where, .expected = expected, .got = got, .hint = hint});
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t length = utf8_sequence(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string name_problem(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return fmt::format("a name of {} bytes", name.size());
  for (size_t at = 0; at < name.size();) {
    auto first = static_cast<unsigned char>(name[at]);
    size_t length = first < 0x20 || first == 0x7f ? 0 : utf8_sequence(name.substr(at));
    if (length == 0) return fmt::format("byte 0x{:02x} at position {}", first, at);
    at += length;
  }
  return "";
}

void check_name(const std::string& where, const char* what, std::string_view name) {
  std::string problem = name_problem(name);
  if (problem.empty()) return;
  fail_model(where,
             fmt::format("a {} of 1 to {} bytes of UTF-8 without control characters", what, kMaxNameBytes),
             problem);
}

std::string extents_text(std::span<const uint64_t> extents) {
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

uint64_t checked_tensor_bytes(const std::string& where, std::string_view name,
                              std::span<const uint64_t> extents, uint64_t block_elements,
                              uint64_t block_bytes) {
  uint64_t elements = 1;
  for (uint64_t extent : extents) {
    if (extent == 0) {
      fail_model(where, fmt::format("extents above zero for tensor {}", quoted(name)), extents_text(extents));
    }
    auto product = checked_mul(elements, extent);
    if (!product || *product > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      fail_model(where, fmt::format("a sane shape for tensor {}", quoted(name)), extents_text(extents));
    }
    elements = *product;
  }
  uint64_t last = extents.empty() ? 1 : extents.back();
  if (last % block_elements != 0) {
    fail_model(where, fmt::format("rows of tensor {} in blocks of {} elements", quoted(name), block_elements),
               fmt::format("rows of {} elements", last));
  }
  auto bytes = checked_mul(elements / block_elements, block_bytes);
  if (!bytes)
    fail_model(where, fmt::format("a sane shape for tensor {}", quoted(name)), extents_text(extents));
  return *bytes;
}

}  // namespace auris::weights
