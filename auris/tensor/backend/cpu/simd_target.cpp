#include "auris/tensor/backend/cpu/simd_target.h"

#include <hwy/targets.h>

namespace auris {

std::string simd_target_name() {
  int64_t supported = hwy::SupportedTargets();
  return hwy::TargetName(supported & -supported);  // the lowest bit is the best target
}

}  // namespace auris
