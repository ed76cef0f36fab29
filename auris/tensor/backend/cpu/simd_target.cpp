#include "auris/tensor/backend/cpu/simd_target.h"

#include <hwy/targets.h>

namespace auris {

std::string simd_target_name() {
  // Highway's library also knows targets that we do not build (SVE).
  int64_t usable = hwy::SupportedTargets() & HWY_TARGETS;
  return hwy::TargetName(usable & -usable);  // the lowest bit is the best target
}

}  // namespace auris
