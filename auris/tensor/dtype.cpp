#include "auris/tensor/dtype.h"

#include <array>

#include "auris/base/error.h"

namespace auris {

const DTypeInfo& info_of(DType dtype) {
  static constexpr std::array<DTypeInfo, 13> kInfos = {{
      {"f32", 1, 4},
      {"f16", 1, 2},
      {"bf16", 1, 2},
      {"i32", 1, 4},
      {"i8", 1, 1},
      {"q8_0", 32, 34},
      {"q4_0", 32, 18},
      {"q4_1", 32, 20},
      {"q5_0", 32, 22},
      {"q5_1", 32, 24},
      {"q4_k", 256, 144},
      {"q5_k", 256, 176},
      {"q6_k", 256, 210},
  }};
  auto index = static_cast<size_t>(dtype);
  AURIS_CHECK(index < kInfos.size());
  return kInfos[index];
}

}  // namespace auris
