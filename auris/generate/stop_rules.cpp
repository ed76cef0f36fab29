#include "auris/generate/stop_rules.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

constexpr size_t kMaxStopStrings = 64;
constexpr size_t kMaxStopStringBytes = 1024;

void require(bool holds, const char* expected, const std::string& got) {
  if (!holds)
    throw Error(ErrorCode::kUsage, {.where = "stop rules", .expected = expected, .got = got, .hint = ""});
}

}  // namespace

StopRules::StopRules(StopOptions options) : options_(std::move(options)) {
  require(options_.max_tokens >= 0, "max_tokens >= 0", std::to_string(options_.max_tokens));
  require(options_.stop_strings.size() <= kMaxStopStrings, "at most 64 stop strings",
          std::to_string(options_.stop_strings.size()));
  for (const std::string& stop : options_.stop_strings) {
    require(!stop.empty() && stop.size() <= kMaxStopStringBytes, "stop strings of 1 to 1024 bytes",
            fmt::format("{} bytes", stop.size()));
  }
}

// Cuts held_ before the stop string that is complete first; of those complete at the same place, the longest.
bool StopRules::meets_stop_string(size_t old_size) {
  for (size_t end = old_size + 1; end <= held_.size(); ++end) {
    std::string_view so_far = std::string_view(held_).substr(0, end);
    for (const std::string& stop : options_.stop_strings) {
      if (so_far.ends_with(stop) && stop.size() > stop_string_.size()) stop_string_ = stop;
    }
    if (stop_string_.empty()) continue;
    held_.resize(end - stop_string_.size());
    return true;
  }
  return false;
}

// Bytes at the end of held_ that begin a stop string.
size_t StopRules::undecided() const {
  size_t most = 0;
  for (const std::string& stop : options_.stop_strings) {
    size_t size = std::min(stop.size() - 1, held_.size());
    while (size > most && !held_.ends_with(std::string_view(stop).substr(0, size))) --size;
    most = std::max(most, size);
  }
  return most;
}

std::string StopRules::add(TokenId token, std::string_view text) {
  AURIS_CHECK(!stopped());
  ++tokens_;
  bool is_stop_token = std::find(options_.stop_tokens.begin(), options_.stop_tokens.end(), token) !=
                       options_.stop_tokens.end();
  if (is_stop_token) {
    reason_ = StopReason::kToken;
    return std::exchange(held_, {});
  }
  size_t old_size = held_.size();
  held_ += text;
  if (meets_stop_string(old_size)) {
    reason_ = StopReason::kString;
    return std::exchange(held_, {});
  }
  if (options_.max_tokens > 0 && tokens_ >= options_.max_tokens) {
    reason_ = StopReason::kMaxTokens;
    return std::exchange(held_, {});
  }
  size_t shown = held_.size() - undecided();
  std::string out = held_.substr(0, shown);
  held_.erase(0, shown);
  return out;
}

std::string StopRules::finish() { return std::exchange(held_, {}); }

}  // namespace auris::generate
