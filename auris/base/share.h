#pragma once
// What one of several processes does of work that comes in numbered pieces: every count-th, beginning with
// its index.

#include <cstdint>
#include <string>

namespace auris {

struct Share {
  int64_t index = 0, count = 1;

  bool is_whole() const { return count == 1; }
  bool holds(int64_t number) const { return number % count == index; }
};

// kUsage, naming `where`, unless 0 <= index < count.
void check_share(const Share& share, const char* where);

// "i/n". kUsage, naming `where`, for a text in another form.
Share share_of(const std::string& text, const char* where);

}  // namespace auris
