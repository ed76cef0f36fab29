#pragma once
// How fast a job went, for its last line on stderr.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace auris::apps {

class WorkRate {
 public:
  WorkRate();  // starts

  double seconds() const;  // since the start
  // Of all threads and ended child processes, user and system, since the start.
  double processor_seconds() const;

  // "120 clips in 2.0 s: 60.0 a second, 40.0 a second and core". Per core means per second of processor time,
  // whatever else the machine does. Prints nothing if `quiet`.
  void print(int64_t count, std::string_view things, bool quiet) const;
  // The same as text.
  std::string text(int64_t count, std::string_view things) const;

 private:
  std::chrono::steady_clock::time_point begin_;
  double processor_begin_;
};

}  // namespace auris::apps
