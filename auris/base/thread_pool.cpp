#include "auris/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace auris {
namespace {

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

int cores_of_process() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

thread_local bool t_inside = false;

class ThreadPool {
 public:
  // Spinning helps only when every thread has a core of its own.
  explicit ThreadPool(int threads) : spin_(threads <= cores_of_process() ? 60 : 0) {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
  }

  ~ThreadPool() {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
      generation_.fetch_add(1);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  void run(int64_t count, void* context, void (*invoke)(void*, int64_t)) {
    count_ = count;
    context_ = context;
    invoke_ = invoke;
    failure_ = nullptr;
    next_.store(0, std::memory_order_relaxed);
    pending_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
    {
      std::lock_guard lock(mutex_);
      generation_.fetch_add(1, std::memory_order_release);
    }
    if (sleepers_.load() > 0) wake_.notify_all();
    take();
    while (pending_.load(std::memory_order_acquire) > 0) {
      if (spin_.count() > 0) {
        relax();
      } else {
        std::this_thread::yield();
      }
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void take() {
    t_inside = true;
    for (int64_t i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) {
      try {
        invoke_(context_, i);
      } catch (...) {
        std::lock_guard lock(failure_mutex_);
        if (!failure_) failure_ = std::current_exception();
      }
    }
    t_inside = false;
  }

  void work() {
    uint64_t seen = 0;
    while (true) {
      wait_for_job(seen);
      seen = generation_.load(std::memory_order_acquire);
      if (stop_) return;
      take();
      pending_.fetch_sub(1, std::memory_order_release);
    }
  }

  void wait_for_job(uint64_t seen) {
    auto until = std::chrono::steady_clock::now() + spin_;
    while (generation_.load(std::memory_order_acquire) == seen) {
      if (std::chrono::steady_clock::now() < until) {
        for (int i = 0; i < 32; ++i) relax();
        continue;
      }
      std::unique_lock lock(mutex_);
      sleepers_.fetch_add(1);
      wake_.wait(lock, [&] { return generation_.load() != seen; });
      sleepers_.fetch_sub(1);
    }
  }

  const std::chrono::microseconds spin_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<bool> stop_{false};

  int64_t count_ = 0;
  void* context_ = nullptr;
  void (*invoke_)(void*, int64_t) = nullptr;
  std::atomic<int64_t> next_{0};
  std::atomic<int> pending_{0};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
};

std::mutex g_run_mutex;  // held while a job runs; a second caller runs serially
std::unique_ptr<ThreadPool> g_pool;
std::atomic<int> g_threads{0};

}  // namespace

void set_compute_threads(int threads) {
  std::lock_guard lock(g_run_mutex);
  g_pool.reset();
  g_threads = std::max(0, threads);
}

int compute_threads() {
  int threads = g_threads;
  return threads > 0 ? threads : cores_of_process();
}

namespace detail {

void parallel_for(int64_t count, void* context, void (*invoke)(void*, int64_t)) {
  if (count <= 0) return;
  std::unique_lock lock(g_run_mutex, std::defer_lock);
  bool serial = count == 1 || t_inside || compute_threads() == 1 || !lock.try_lock();
  if (serial) {
    for (int64_t i = 0; i < count; ++i) invoke(context, i);
    return;
  }
  if (!g_pool) g_pool = std::make_unique<ThreadPool>(compute_threads());
  g_pool->run(count, context, invoke);
}

}  // namespace detail
}  // namespace auris
