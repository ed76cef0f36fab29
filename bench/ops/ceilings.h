#pragma once
// What the machine can do at most: measured with loops that do nothing else.

#include <cstdint>
#include <functional>

namespace auris::bench {

struct Ceilings {
  double gflops = 0.0;     // f32 multiply-adds in registers, all compute threads
  double gigabytes = 0.0;  // reading memory beyond the caches, all compute threads
};
Ceilings measure_ceilings();

// Seconds of the fastest call of run(i) while `seconds` pass; i counts the calls.
double best_seconds(const std::function<void(int64_t i)>& run, double seconds);

}  // namespace auris::bench
