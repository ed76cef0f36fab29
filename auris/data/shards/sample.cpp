#include "auris/data/shards/sample.h"

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::data {

const std::string& content_of(const Sample& sample, std::string_view extension) {
  for (const SampleFile& file : sample.files) {
    if (file.extension == extension) return file.content;
  }
  throw Error(
      ErrorCode::kInput,
      {.where = sample.key, .expected = fmt::format("a file .{}", extension), .got = "none", .hint = ""});
}

}  // namespace auris::data
