#include "auris/data/manifest/records.h"

#include <fmt/format.h>

namespace auris::data {
namespace {

constexpr size_t kMaxLineBytes = 1 << 20;

}  // namespace

// Like std::getline, but of a longer line only the beginning is kept.
bool RecordLines::next_line() {
  constexpr auto kEnd = std::char_traits<char>::eof();
  line_.clear();
  too_long_ = false;
  std::streambuf& bytes = *lines_.rdbuf();
  int c = bytes.sbumpc();
  if (c == kEnd) return false;
  for (; c != kEnd && c != '\n'; c = bytes.sbumpc()) {
    if (line_.size() < kMaxLineBytes) {
      line_.push_back(static_cast<char>(c));
    } else {
      too_long_ = true;
    }
  }
  ++counts_.lines;
  return true;
}

bool RecordLines::next(nlohmann::json& value, const RejectionSink& rejected) {
  while (next_line()) {
    if (!too_long_ && line_.find_first_not_of(" \t\r") == std::string::npos) {
      ++counts_.blank;
      continue;
    }
    try {
      if (too_long_) {
        throw Error(ErrorCode::kInput, {.where = place(),
                                        .expected = fmt::format("a line of at most {} bytes", kMaxLineBytes),
                                        .got = "more",
                                        .hint = ""});
      }
      value = parse_json(line_, place(), ErrorCode::kInput, {.max_depth = 8});
      return true;
    } catch (const Error& error) {
      ++counts_.rejected;
      rejected({number(), "no_json", error.what()});
    }
  }
  return false;
}

std::string RecordLines::number() const { return fmt::format("line {}", counts_.lines); }
std::string RecordLines::place() const { return fmt::format("{}, {}", where_, number()); }

}  // namespace auris::data
