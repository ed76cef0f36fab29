#include "auris/tensor/host_pool.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace auris {
namespace {

constexpr size_t kAlignment = 64;           // one cache line, one AVX-512 register
constexpr size_t kMaxWaiting = 256u << 20;  // beyond this, freed blocks go back to the system

// Four classes per power of two: at most 25 % is wasted.
size_t size_class(size_t bytes) {
  bytes = std::max<size_t>(bytes, 256);
  size_t step = std::bit_floor(bytes) / 4;
  return (bytes + step - 1) / step * step;
}

class HostPool {
 public:
  std::byte* take(size_t bytes) {
    {
      std::lock_guard lock(mutex_);
      stats_.bytes_in_use += bytes;
      std::vector<std::byte*>& waiting = waiting_[bytes];
      if (!waiting.empty()) {
        std::byte* block = waiting.back();
        waiting.pop_back();
        stats_.bytes_waiting -= bytes;
        return block;
      }
      stats_.peak_bytes = std::max(stats_.peak_bytes, stats_.bytes_in_use + stats_.bytes_waiting);
    }
    void* block = std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
    if (block == nullptr) {
      std::lock_guard lock(mutex_);
      stats_.bytes_in_use -= bytes;
      throw std::bad_alloc();
    }
    return static_cast<std::byte*>(block);
  }

  void give(std::byte* block, size_t bytes) {
    {
      std::lock_guard lock(mutex_);
      stats_.bytes_in_use -= bytes;
      if (stats_.bytes_waiting + bytes <= kMaxWaiting) {
        waiting_[bytes].push_back(block);
        stats_.bytes_waiting += bytes;
        return;
      }
    }
    std::free(block);
  }

  void trim() {
    std::lock_guard lock(mutex_);
    for (auto& [bytes, blocks] : waiting_) {
      for (std::byte* block : blocks) std::free(block);
      blocks.clear();
    }
    stats_.bytes_waiting = 0;
  }

  HostPoolStats stats() {
    std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<size_t, std::vector<std::byte*>> waiting_;
  HostPoolStats stats_;
};

// Never destroyed: tensors in static storage may outlive it otherwise.
HostPool& pool() {
  static HostPool* instance = new HostPool;
  return *instance;
}

class PooledStorage final : public Storage {
 public:
  PooledStorage(std::byte* data, size_t bytes) : Storage(data, bytes) {}
  ~PooledStorage() override { pool().give(data(), bytes()); }
};

}  // namespace

std::shared_ptr<Storage> allocate_host(size_t bytes) {
  size_t rounded = size_class(bytes);
  return std::make_shared<PooledStorage>(pool().take(rounded), rounded);
}

HostPoolStats host_pool_stats() { return pool().stats(); }
void trim_host_pool() { pool().trim(); }

}  // namespace auris
