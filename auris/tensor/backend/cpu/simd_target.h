#pragma once
// Which instruction set the kernels use on this machine.

#include <string>

namespace auris {

// Highway's name of the best target that is built in and that the processor has: "AVX3" (AVX-512), "AVX2",
// "NEON" ...
std::string simd_target_name();

}  // namespace auris
