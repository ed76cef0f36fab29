#include "apps/part_flag.h"

#include <cinttypes>
#include <cstdio>

#include "auris/base/error.h"

namespace auris::apps {

Part part_of(const std::string& text, const char* where) {
  Part part;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%" SCNd64 "/%" SCNd64 "%c", &part.index, &part.count, &rest) != 2) {
    throw Error(ErrorCode::kUsage,
                {.where = where, .expected = "a part i/n, such as 0/8", .got = quoted(text), .hint = ""});
  }
  return part;
}

}  // namespace auris::apps
