#include "auris/train/augment/convolution.h"

#include <algorithm>
#include <bit>
#include <memory>

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include "auris/base/error.h"

namespace auris::train {
namespace {

// Aligned as libavutil's transforms want it.
class Buffer {
 public:
  explicit Buffer(size_t floats)
      : data_(static_cast<float*>(av_calloc(floats, sizeof(float)))), floats_(floats) {
    if (data_ == nullptr) throw std::bad_alloc();
  }
  ~Buffer() { av_free(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  float* data() { return data_; }
  std::span<float> span() { return {data_, floats_}; }

 private:
  float* data_;
  size_t floats_;
};

class Transform {
 public:
  Transform(bool inverse, int length, float scale) {
    const int status =
        av_tx_init(&context_, &function_, AV_TX_FLOAT_RDFT, inverse ? 1 : 0, length, &scale, 0);
    AURIS_CHECK(status >= 0);
  }
  ~Transform() { av_tx_uninit(&context_); }
  Transform(const Transform&) = delete;
  Transform& operator=(const Transform&) = delete;

  // The inverse overwrites its input.
  void operator()(float* in, float* out) const { function_(context_, out, in, sizeof(float)); }

 private:
  AVTXContext* context_ = nullptr;
  av_tx_fn function_ = nullptr;
};

// a *= b, of complex numbers side by side.
void multiply(std::span<float> a, std::span<const float> b) {
  for (size_t i = 0; i + 1 < a.size(); i += 2) {
    const float real = a[i] * b[i] - a[i + 1] * b[i + 1];
    a[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
    a[i] = real;
  }
}

}  // namespace

// Overlap-add: blocks of the signal, each with as many zeros behind it as the response rings on.
std::vector<float> convolved(std::span<const float> signal, std::span<const float> response) {
  constexpr size_t kLeastTransform = 1 << 12;
  if (response.empty()) {
    throw Error(ErrorCode::kUsage,
                {.where = "convolution", .expected = "a response", .got = "an empty one", .hint = ""});
  }
  const size_t length = std::max(kLeastTransform, 2 * std::bit_ceil(response.size()));
  const size_t block = length - response.size() + 1;
  const Transform forward(false, static_cast<int>(length), 1.0f);
  const Transform inverse(true, static_cast<int>(length), 1.0f / static_cast<float>(length));
  Buffer time(length), spectrum(length + 2), filter(length + 2);
  std::copy(response.begin(), response.end(), time.data());
  forward(time.data(), filter.data());
  std::vector<float> out(signal.size(), 0.0f);
  for (size_t begin = 0; begin < signal.size(); begin += block) {
    const size_t count = std::min(block, signal.size() - begin);
    std::ranges::fill(time.span(), 0.0f);
    std::copy_n(signal.begin() + static_cast<std::ptrdiff_t>(begin), count, time.data());
    forward(time.data(), spectrum.data());
    multiply(spectrum.span(), filter.span());
    inverse(spectrum.data(), time.data());
    const size_t kept = std::min(length, signal.size() - begin);
    for (size_t i = 0; i < kept; ++i) out[begin + i] += time.data()[i];
  }
  return out;
}

}  // namespace auris::train
