#include "auris/tensor/ops/rope.h"

#include <algorithm>
#include <cmath>

#include "auris/tensor/backend/cpu/cpu_backend.h"
#include "auris/tensor/backend/cpu/row_chunks.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/tensor/backend/cpu/rope.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "auris/tensor/backend/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

// One head. cosines and sines: [pairs] each.
void rotate_halves(const float* x, const float* cosines, const float* sines, int64_t pairs, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= pairs; i += kLanes) {
    const Vec a = load(x + i), b = load(x + pairs + i), c = load(cosines + i), s = load(sines + i);
    store(hn::Sub(hn::Mul(a, c), hn::Mul(b, s)), y + i);
    store(hn::Add(hn::Mul(a, s), hn::Mul(b, c)), y + pairs + i);
  }
  for (; i < pairs; ++i) {
    const float a = x[i], b = x[pairs + i];
    y[i] = a * cosines[i] - b * sines[i];
    y[pairs + i] = a * sines[i] + b * cosines[i];
  }
}

// cosines: each twice; sines: -s, s. [2 * pairs] each.
void rotate_neighbours(const float* x, const float* cosines, const float* sines, int64_t pairs, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= 2 * pairs; i += kLanes) {
    const Vec v = load(x + i);
    store(hn::Add(hn::Mul(v, load(cosines + i)), hn::Mul(hn::Shuffle2301(v), load(sines + i))), y + i);
  }
  for (; i < 2 * pairs; i += 2) {
    const float a = x[i], b = x[i + 1];
    y[i] = a * cosines[i] + b * sines[i];
    y[i + 1] = b * cosines[i + 1] + a * sines[i + 1];
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris {
namespace cpu {
HWY_EXPORT(rotate_halves);
HWY_EXPORT(rotate_neighbours);
namespace {

// Cosines and sines of a call. Every layer of a forward asks for the same ones: the last are kept.
struct Angles {
  std::vector<int32_t> positions;
  std::vector<float> frequencies;
  float magnitude = 0.0f;
  RopeStyle style = RopeStyle::kHalves;
  int64_t width = 0;  // numbers of a row in each table
  std::vector<float> cosines, sines;

  bool fits(std::span<const int32_t> other, const RopeSpec& spec) const {
    return magnitude == spec.magnitude && style == spec.style && frequencies == spec.inverse_frequencies &&
           std::ranges::equal(positions, other);
  }

  void compute(std::span<const int32_t> new_positions, const RopeSpec& spec) {
    positions.assign(new_positions.begin(), new_positions.end());
    frequencies = spec.inverse_frequencies;
    magnitude = spec.magnitude;
    style = spec.style;
    bool twice = style == RopeStyle::kInterleaved;
    width = static_cast<int64_t>(frequencies.size()) * (twice ? 2 : 1);
    cosines.clear();
    sines.clear();
    for (int32_t position : positions) {
      for (float frequency : frequencies) {
        // The angle is f32, as in the reference implementations.
        double angle = static_cast<float>(position) * frequency;
        auto c = static_cast<float>(std::cos(angle) * magnitude),
             s = static_cast<float>(std::sin(angle) * magnitude);
        cosines.push_back(c);
        if (twice) cosines.push_back(c), sines.push_back(-s);
        sines.push_back(s);
      }
    }
  }
};

const Angles& angles_of(std::span<const int32_t> positions, const RopeSpec& spec) {
  thread_local Angles angles;
  if (!angles.fits(positions, spec)) angles.compute(positions, spec);
  return angles;
}

Tensor rotated(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  const Angles& angles = angles_of(positions, spec);
  auto pairs = static_cast<int64_t>(spec.inverse_frequencies.size());
  int64_t cols = x.cols();
  auto kernel = spec.style == RopeStyle::kHalves ? HWY_DYNAMIC_DISPATCH(rotate_halves)
                                                 : HWY_DYNAMIC_DISPATCH(rotate_neighbours);
  for_row_chunks(x.rows(), cols, [&](int64_t first, int64_t rows) {
    for (int64_t row = first; row < first + rows; ++row) {
      const float* c = angles.cosines.data() + row * angles.width;
      const float* s = angles.sines.data() + row * angles.width;
      for (int64_t at = row * cols; at < (row + 1) * cols; at += spec.head_dim) {
        const float* from = x.data<float>() + at;
        kernel(from, c, s, pairs, y.data<float>() + at);
        std::copy(from + 2 * pairs, from + spec.head_dim, y.data<float>() + at + 2 * pairs);
      }
    }
  });
  return y;
}

}  // namespace
}  // namespace cpu

Tensor CpuBackend::rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) {
  return cpu::rotated(x, positions, spec);
}

}  // namespace auris
#endif
