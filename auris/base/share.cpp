#include "auris/base/share.h"

#include <charconv>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris {
namespace {

[[noreturn]] void fail(const char* where, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = where,
                                  .expected = "a part i/n with 0 <= i < n",
                                  .got = got,
                                  .hint = "the first of eight processes has 0/8"});
}

}  // namespace

void check_share(const Share& share, const char* where) {
  if (share.count < 1 || share.index < 0 || share.index >= share.count)
    fail(where, fmt::format("{}/{}", share.index, share.count));
}

Share share_of(const std::string& text, const char* where) {
  Share share;
  const char* const end = text.data() + text.size();
  const auto [slash, index_error] = std::from_chars(text.data(), end, share.index);
  if (index_error != std::errc() || slash == end || *slash != '/') fail(where, quoted(text));
  const auto [rest, count_error] = std::from_chars(slash + 1, end, share.count);
  if (count_error != std::errc() || rest != end) fail(where, quoted(text));
  check_share(share, where);
  return share;
}

}  // namespace auris
