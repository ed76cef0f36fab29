#include "auris/audio/require_finite.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::audio {

void require_finite(std::span<const float> samples, std::string_view where) {
  constexpr size_t kBlock = 4096;
  for (size_t begin = 0; begin < samples.size(); begin += kBlock) {
    auto block = samples.subspan(begin, std::min(kBlock, samples.size() - begin));
    bool good = true;
    for (float x : block) good &= std::fabs(x) <= kLargestSample;  // false for NaN
    if (good) continue;
    for (size_t i = 0; i < block.size(); ++i) {
      if (std::fabs(block[i]) <= kLargestSample) continue;
      throw Error(ErrorCode::kInput, {.where = std::string(where),
                                      .expected = "finite samples, nominally within +-1",
                                      .got = fmt::format("{} at sample {}", block[i], begin + i),
                                      .hint = "decode_audio replaces such samples by 0 and reports them"});
    }
  }
}

}  // namespace auris::audio
