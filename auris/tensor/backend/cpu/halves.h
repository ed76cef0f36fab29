#pragma once
// The f32 value of each f16: a look-up costs the vector units nothing, and they are what dequantizing keeps
// busy.

#include <array>
#include <cstdint>

namespace auris::cpu {

// 65536 entries, made at the first call.
const float* half_values();

}  // namespace auris::cpu
