#pragma once
// LibTorch's own compute threads.

namespace auris {

// How many an op uses on the processor, at least 1.
void set_torch_threads(int threads);

}  // namespace auris
