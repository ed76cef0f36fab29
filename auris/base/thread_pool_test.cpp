#include "auris/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace auris {
namespace {

class ThreadPool : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { set_compute_threads(GetParam()); }
  void TearDown() override { set_compute_threads(0); }
};

TEST_P(ThreadPool, EveryIndexOnce) {
  std::vector<std::atomic<int>> hits(1000);
  for (int round = 0; round < 50; ++round) parallel_for(1000, [&](int64_t i) { hits[i].fetch_add(1); });
  for (const auto& hit : hits) EXPECT_EQ(hit, 50);
}

TEST_P(ThreadPool, NestedAndConcurrentCallsFinish) {
  std::atomic<int> sum{0};
  auto job = [&] { parallel_for(8, [&](int64_t) { parallel_for(8, [&](int64_t) { sum.fetch_add(1); }); }); };
  std::thread other(job);
  job();
  other.join();
  EXPECT_EQ(sum, 128);
}

TEST_P(ThreadPool, ExceptionReachesTheCaller) {
  std::atomic<int> done{0};
  auto job = [&] {
    parallel_for(16, [&](int64_t i) {
      if (i == 3) throw std::runtime_error("three");
      done.fetch_add(1);
    });
  };
  EXPECT_THROW(job(), std::runtime_error);
  done = 0;
  parallel_for(4, [&](int64_t) { done.fetch_add(1); });  // the pool still works
  EXPECT_EQ(done, 4);
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPool, testing::Values(1, 2, 5));

}  // namespace
}  // namespace auris
