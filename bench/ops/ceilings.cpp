#include "bench/ops/ceilings.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

#include "auris/base/thread_pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/ops/ceilings.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace auris::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using F32 = hn::CappedTag<float, 16>;

// 10 independent chains hide the latency of two multiply-add units. Returns the number of operations.
double multiply_add(int64_t times, float* out) {
  const F32 d;
  const auto a = hn::Set(d, 0.999f), b = hn::Set(d, 1e-3f);
  // From different beginnings: the compiler computes chains that are equal once.
  const auto from = [&](float x) HWY_ATTR { return hn::Set(d, x); };
  auto s0 = from(0), s1 = from(1), s2 = from(2), s3 = from(3), s4 = from(4), s5 = from(5), s6 = from(6),
       s7 = from(7), s8 = from(8), s9 = from(9);
  for (int64_t i = 0; i < times; ++i) {
    s0 = hn::MulAdd(s0, a, b), s1 = hn::MulAdd(s1, a, b), s2 = hn::MulAdd(s2, a, b),
    s3 = hn::MulAdd(s3, a, b);
    s4 = hn::MulAdd(s4, a, b), s5 = hn::MulAdd(s5, a, b), s6 = hn::MulAdd(s6, a, b),
    s7 = hn::MulAdd(s7, a, b);
    s8 = hn::MulAdd(s8, a, b), s9 = hn::MulAdd(s9, a, b);
  }
  const auto total = hn::Add(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)),
                             hn::Add(hn::Add(s4, s5), hn::Add(hn::Add(s6, s7), hn::Add(s8, s9))));
  *out = hn::GetLane(total);
  return static_cast<double>(times) * 20 * static_cast<double>(hn::Lanes(d));
}

float read_all(const float* from, int64_t count) {
  const F32 d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  for (int64_t i = 0; i + 4 * lanes <= count; i += 4 * lanes) {
    s0 = hn::Add(s0, hn::LoadU(d, from + i));
    s1 = hn::Add(s1, hn::LoadU(d, from + i + lanes));
    s2 = hn::Add(s2, hn::LoadU(d, from + i + 2 * lanes));
    s3 = hn::Add(s3, hn::LoadU(d, from + i + 3 * lanes));
  }
  return hn::GetLane(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

}  // namespace auris::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::bench {

HWY_EXPORT(multiply_add);
HWY_EXPORT(read_all);

double best_seconds(const std::function<void(int64_t i)>& run, double seconds) {
  using Clock = std::chrono::steady_clock;
  auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  run(0);
  double best = 1e9;
  auto start = Clock::now();
  for (int64_t i = 1; i < 4 || since(start) < seconds; ++i) {
    auto begin = Clock::now();
    run(i);
    best = std::min(best, since(begin));
  }
  return best;
}

Ceilings measure_ceilings() {
  int threads = compute_threads();
  std::atomic<double> operations{0.0};
  std::atomic<float> sink{0.0f};
  double compute = best_seconds(
      [&](int64_t) {
        parallel_for(threads, [&](int64_t) {
          float out = 0.0f;
          operations = HWY_DYNAMIC_DISPATCH(multiply_add)(1000000, &out);
          sink = out;
        });
      },
      0.3);
  constexpr int64_t kPart = int64_t{1} << 20;                        // floats
  std::vector<float> memory(static_cast<size_t>(64 * kPart), 1.0f);  // 256 MiB
  double read = best_seconds(
      [&](int64_t) {
        parallel_for(
            64, [&](int64_t i) { sink = HWY_DYNAMIC_DISPATCH(read_all)(memory.data() + i * kPart, kPart); });
      },
      0.5);
  return {.gflops = operations * threads / compute * 1e-9,
          .gigabytes = static_cast<double>(memory.size() * sizeof(float)) / read * 1e-9};
}

}  // namespace auris::bench
#endif
