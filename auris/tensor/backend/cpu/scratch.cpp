#include "auris/tensor/backend/cpu/scratch.h"

#include <array>
#include <cstdlib>
#include <memory>
#include <new>

namespace auris::cpu {
namespace {

struct Free {
  void operator()(float* memory) const { std::free(memory); }
};

struct Buffer {
  std::unique_ptr<float, Free> memory;
  int64_t count = 0;
};

thread_local std::array<Buffer, static_cast<size_t>(Purpose::kCount)> t_buffers;

}  // namespace

float* scratch(Purpose purpose, int64_t count) {
  Buffer& buffer = t_buffers[static_cast<size_t>(purpose)];
  if (buffer.count < count || !buffer.memory) {
    int64_t rounded = (count + 1023) / 1024 * 1024;
    buffer.memory.reset();
    buffer.count = 0;
    buffer.memory.reset(
        static_cast<float*>(std::aligned_alloc(64, static_cast<size_t>(rounded) * sizeof(float))));
    if (!buffer.memory) throw std::bad_alloc();
    buffer.count = rounded;
  }
  return buffer.memory.get();
}

}  // namespace auris::cpu
