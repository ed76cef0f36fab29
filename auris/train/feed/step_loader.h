#pragma once
// Prepares the examples of the next steps while the current one is computed, on threads of its own, and hands
// the steps out in their order. How often training had to wait for data is measured.
//
//   StepLoader<Rows> loader(std::move(plan), [&](const ExamplePlace& place) { return rows_of(place); });
//   for (...) {
//     const auto step = loader.next();          // what could not be loaded is left out, and told
//     ...
//     save(loader.position());                  // behind `step`, however far the threads are ahead
//   }

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "auris/base/error.h"
#include "auris/train/feed/batch_plan.h"

namespace auris::train {

struct LoaderOptions {
  int threads = 2;
  int64_t steps_ahead = 4;
};

// An example that could not be loaded.
struct LostExample {
  ExamplePlace place;
  std::string message;
};

template <class Prepared>
struct LoadedStep {
  StepPlan plan;
  std::vector<std::vector<Prepared>> batches;  // as in the plan, without the examples that were lost
  std::vector<LostExample> lost;
  double waited_s = 0;  // until it was there
};

template <class Prepared>
class StepLoader {
 public:
  // Called from several threads at once. kInput means: without this example; what else it throws, next()
  // does.
  using Load = std::function<Prepared(const ExamplePlace&)>;

  StepLoader(BatchPlan plan, Load load, const LoaderOptions& options = {})
      : plan_(std::move(plan)), load_(std::move(load)), options_(options), position_(plan_.position()) {
    AURIS_CHECK(options_.threads >= 1 && options_.steps_ahead >= 1);
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~StepLoader() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  StepLoader(const StepLoader&) = delete;
  StepLoader& operator=(const StepLoader&) = delete;

  LoadedStep<Prepared> next() {
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || (!pending_.empty() && pending_.front()->left == 0); });
    if (failure_) std::rethrow_exception(failure_);
    const std::shared_ptr<Pending> done = std::move(pending_.front());
    pending_.pop_front();
    position_ = done->behind;
    lock.unlock();
    changed_.notify_all();
    return finished(*done, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }

  // Behind the step that next() gave last.
  FeedPosition position() const {
    const std::lock_guard lock(mutex_);
    return position_;
  }

 private:
  struct Slot {
    std::optional<Prepared> prepared = {};
    std::string problem = {};
  };
  struct Pending {
    StepPlan plan;
    FeedPosition behind;
    std::vector<std::vector<Slot>> slots;
    std::vector<std::pair<size_t, size_t>> todo;  // batch and example of each
    size_t next = 0;                              // in `todo`
    size_t left = 0;                              // not yet prepared
  };

  static LoadedStep<Prepared> finished(Pending& done, double waited_s) {
    LoadedStep<Prepared> step{.plan = std::move(done.plan), .batches = {}, .lost = {}, .waited_s = waited_s};
    for (size_t b = 0; b < done.slots.size(); ++b) {
      step.batches.emplace_back();
      for (size_t e = 0; e < done.slots[b].size(); ++e) {
        Slot& slot = done.slots[b][e];
        if (slot.prepared) {
          step.batches.back().push_back(std::move(*slot.prepared));
        } else {
          step.lost.push_back({step.plan.batches[b][e], std::move(slot.problem)});
        }
      }
    }
    return step;
  }

  void plan_one() {
    auto pending = std::make_shared<Pending>();
    pending->plan = plan_.next();
    pending->behind = plan_.position();
    for (size_t b = 0; b < pending->plan.batches.size(); ++b) {
      pending->slots.emplace_back(pending->plan.batches[b].size());
      for (size_t e = 0; e < pending->plan.batches[b].size(); ++e) pending->todo.emplace_back(b, e);
    }
    pending->left = pending->todo.size();
    pending_.push_back(std::move(pending));
  }

  // A step with an example that nobody prepares yet.
  std::shared_ptr<Pending> open_step() {
    for (const auto& pending : pending_) {
      if (pending->next < pending->todo.size()) return pending;
    }
    return nullptr;
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (!stopped_ && !failure_) {
      try {
        while (!open_step() && static_cast<int64_t>(pending_.size()) < options_.steps_ahead) plan_one();
      } catch (...) {
        failure_ = std::current_exception();
        break;
      }
      const std::shared_ptr<Pending> pending = open_step();
      if (!pending) {
        changed_.wait(lock);
        continue;
      }
      const auto [b, e] = pending->todo[pending->next++];
      lock.unlock();
      std::exception_ptr failure = prepare(pending->plan.batches[b][e], pending->slots[b][e]);
      lock.lock();
      if (failure && !failure_) failure_ = failure;
      if (--pending->left == 0 || failure_) changed_.notify_all();
    }
    changed_.notify_all();
  }

  std::exception_ptr prepare(const ExamplePlace& place, Slot& slot) const {
    try {
      slot.prepared = load_(place);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) return std::current_exception();
      slot.problem = error.what();
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }

  BatchPlan plan_;
  Load load_;
  LoaderOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Pending>> pending_;  // in the order of the steps
  FeedPosition position_;
  std::exception_ptr failure_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace auris::train
