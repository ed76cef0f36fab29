#pragma once
// A backend around another one that LibTorch computes, for programs that only use models: no op keeps
// anything for gradients, and LibTorch's errors, which come with a trace of its own functions, become ours.

#include <memory>

#include "auris/tensor/backend/backend.h"

namespace auris {

// Its ops throw kInternal for what LibTorch throws; "[memory of DEVICE]" names a lack of memory.
std::unique_ptr<Backend> guarded_backend(std::unique_ptr<Backend> backend, Device device);

}  // namespace auris
