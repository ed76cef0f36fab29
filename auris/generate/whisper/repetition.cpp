#include "auris/generate/whisper/repetition.h"

#include <zlib.h>

#include <vector>

#include "auris/base/error.h"

namespace auris::generate {
namespace {
constexpr size_t kMaxPeriod = 40;
constexpr size_t kMinRepeats = 6;
constexpr size_t kMinTokens = 48;
}  // namespace

RepetitionLoop find_repetition(std::span<const int32_t> tokens) {
  for (size_t period = 1; period <= kMaxPeriod && period * kMinRepeats <= tokens.size(); ++period) {
    size_t i = tokens.size() - period;
    while (i > 0 && tokens[i - 1] == tokens[i - 1 + period]) --i;
    size_t length = tokens.size() - i;
    if (length >= kMinTokens && length >= period * kMinRepeats) return {period, i};
  }
  return {};
}

double compression_ratio(std::string_view text) {
  uLongf size = compressBound(text.size());
  std::vector<Bytef> packed(size);
  int status = compress(packed.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  AURIS_CHECK(status == Z_OK);
  return static_cast<double>(text.size()) / static_cast<double>(size);
}

}  // namespace auris::generate
