#include "auris/train/testing/memory_meter.h"

#include <algorithm>
#include <memory>

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

namespace auris::train::testing {
namespace {

class Meter : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void* /*place*/, int64_t bytes, size_t /*allocated*/, size_t /*reserved*/,
                         c10::Device /*device*/) override {
    now_ += bytes;
    most_ = std::max(most_, now_);
  }
  bool memoryProfilingEnabled() const override { return true; }
  int64_t most() const { return most_; }

 private:
  int64_t now_ = 0, most_ = 0;
};

}  // namespace

int64_t peak_bytes(const std::function<void()>& pass) {
  const auto meter = std::make_shared<Meter>();
  const c10::DebugInfoGuard measuring(c10::DebugInfoKind::PROFILER_STATE, meter);
  pass();
  return meter->most();
}

}  // namespace auris::train::testing
