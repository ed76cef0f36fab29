#pragma once
// --shard i/n: the share of one of several processes.

#include <cstdint>
#include <string>

namespace auris::apps {

// "i/n". kUsage, naming `where`, for a text in another form.
struct Part {
  int64_t index = 0, count = 1;
};
Part part_of(const std::string& text, const char* where);

}  // namespace auris::apps
