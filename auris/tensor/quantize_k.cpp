#include "auris/tensor/quantize_k.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "auris/tensor/float16.h"

// Reference: ggml-quants.c, quantize_row_q4_K_ref, _q5_K_ref, _q6_K_ref with make_qkx2_quants and
// make_qx_quants. The order of the sums is theirs, and products and sums are not contracted (CMakeLists.txt),
// so that the bits are the same.

namespace auris {
namespace {

constexpr int kBlock = 256;
constexpr float kNothing = 1e-15f;  // ggml's GROUP_MAX_EPS: smaller numbers count as zero

// To the nearest, ties to even; the bits are garbage but no error beyond +-2^22, which callers clamp.
int nearest(float value) {
  const auto bits =
      std::bit_cast<uint32_t>(value + 12582912.0f);  // 1.5 * 2^23: the fraction holds the whole number
  return static_cast<int>(bits & 0x007fffffu) - 0x00400000;
}

uint8_t level(float value, int most) { return static_cast<uint8_t>(std::clamp(nearest(value), 0, most)); }

void write_half(uint8_t* at, float value) {
  const uint16_t bits = f32_to_f16(value);
  std::memcpy(at, &bits, sizeof(bits));
}
float half_of(float value) { return f16_to_f32(f32_to_f16(value)); }

constexpr int kRun = 32;  // of q4_k and q5_k: numbers with one scale and one minimum

// How many steps the range of a run is tried with around `most`: most + first + i * 0.1 for i = 0 .. tries.
struct Search {
  int most;
  float first;
  int tries;
};

// A number is scale * q - min.
struct Affine {
  float scale = 0.0f, min = 0.0f;
};

struct Sums {
  float l = 0.0f, l2 = 0.0f, xl = 0.0f;  // weighted
};

float error_of(const float* x, const float* weights, const uint8_t* q, float scale, float low) {
  float error = 0.0f;
  for (int i = 0; i < kRun; ++i) {
    const float difference = scale * static_cast<float>(q[i]) + low - x[i];
    error += weights[i] * (difference * difference);
  }
  return error;
}

// The best of several divisions of the range, each followed by weighted least squares for scale and minimum;
// the range begins at the best minimum so far.
Affine fit(const float* x, const float* weights, const Search& search, uint8_t* q) {
  float low = x[0], high = x[0], sum_w = weights[0], sum_x = sum_w * x[0];
  for (int i = 1; i < kRun; ++i) {
    low = std::min(low, x[i]);
    high = std::max(high, x[i]);
    sum_w += weights[i];
    sum_x += weights[i] * x[i];
  }
  low = std::min(low, 0.0f);
  if (high == low) {
    std::fill_n(q, kRun, uint8_t{0});
    return {.scale = 0.0f, .min = -low};
  }
  const auto most = static_cast<float>(search.most);
  const float first = most / (high - low);
  float scale = 1.0f / first;
  for (int i = 0; i < kRun; ++i) q[i] = level(first * (x[i] - low), search.most);
  float best = error_of(x, weights, q, scale, low);
  for (int step = 0; step <= search.tries; ++step) {
    const float inverse = (search.first + 0.1f * static_cast<float>(step) + most) / (high - low);
    uint8_t tried[kRun];
    Sums sums;
    for (int i = 0; i < kRun; ++i) {
      tried[i] = level(inverse * (x[i] - low), search.most);
      const auto l = static_cast<float>(tried[i]);
      sums.l += weights[i] * l;
      sums.l2 += weights[i] * l * l;
      sums.xl += weights[i] * l * x[i];
    }
    const float determinant = sum_w * sums.l2 - sums.l * sums.l;
    if (!(determinant > 0.0f)) continue;
    float tried_scale = (sum_w * sums.xl - sum_x * sums.l) / determinant;
    float tried_low = (sums.l2 * sum_x - sums.l * sums.xl) / determinant;
    if (tried_low > 0.0f) {
      tried_low = 0.0f;
      tried_scale = sums.xl / sums.l2;
    }
    const float error = error_of(x, weights, tried, tried_scale, tried_low);
    if (!(error < best)) continue;
    std::copy_n(tried, kRun, q);
    best = error;
    scale = tried_scale;
    low = tried_low;
  }
  return {.scale = scale, .min = -low};
}

// Large numbers count more.
Affine fit(const float* x, const Search& search, uint8_t* q) {
  float squares = 0.0f, weights[kRun];
  for (int i = 0; i < kRun; ++i) squares += x[i] * x[i];
  const float strength = std::sqrt(squares / kRun);
  for (int i = 0; i < kRun; ++i) weights[i] = strength + std::abs(x[i]);
  return fit(x, weights, search, q);
}

constexpr int kRuns = kBlock / kRun;

// f16 d and dmin, then eight 6-bit scales and eight 6-bit minima in 12 bytes; the levels by what was stored.
void affine_block(const float* x, const Search& search, uint8_t* q, uint8_t* header) {
  Affine fits[kRuns];
  float max_scale = 0.0f, max_min = 0.0f;
  for (int j = 0; j < kRuns; ++j) {
    fits[j] = fit(x + j * kRun, search, q + j * kRun);
    max_scale = std::max(max_scale, fits[j].scale);
    max_min = std::max(max_min, fits[j].min);
  }
  const float inverse_scale = max_scale > 0.0f ? 63.0f / max_scale : 0.0f;
  const float inverse_min = max_min > 0.0f ? 63.0f / max_min : 0.0f;
  write_half(header, max_scale / 63.0f);
  write_half(header + 2, max_min / 63.0f);
  const float d = half_of(max_scale / 63.0f), dmin = half_of(max_min / 63.0f);
  uint8_t* packed = header + 4;
  std::fill_n(packed, 12, uint8_t{0});
  for (int j = 0; j < kRuns; ++j) {
    const uint8_t scale = level(inverse_scale * fits[j].scale, 63),
                  min = level(inverse_min * fits[j].min, 63);
    if (j < 4) {
      packed[j] |= scale;
      packed[j + 4] |= min;
    } else {
      packed[j + 4] |= static_cast<uint8_t>((scale & 15) | (min & 15) << 4);
      packed[j - 4] |= static_cast<uint8_t>(scale >> 4 << 6);
      packed[j] |= static_cast<uint8_t>(min >> 4 << 6);
    }
    const float step = d * static_cast<float>(scale), below = dmin * static_cast<float>(min);
    if (step == 0.0f) continue;
    for (int i = j * kRun; i < (j + 1) * kRun; ++i) q[i] = level((x[i] + below) / step, search.most);
  }
}

// 32 bytes hold run 2 i in the low, 2 i + 1 in the high nibbles.
void pack_run_nibbles(const uint8_t* q, uint8_t* out) {
  for (int pair = 0; pair < kRuns / 2; ++pair, q += 2 * kRun, out += kRun) {
    for (int i = 0; i < kRun; ++i) out[i] = static_cast<uint8_t>((q[i] & 15) | (q[i + kRun] & 15) << 4);
  }
}

constexpr int kShortRun = 16;  // of q6_k: numbers with one scale
constexpr int kShortRuns = kBlock / kShortRun;
constexpr int kHalf = 32;  // its levels are -32 .. 31

int signed_level(float value) { return std::clamp(nearest(value), -kHalf, kHalf - 1); }

// Weighted by the squares: how well levels of x * inverse explain x.
struct Match {
  float xl = 0.0f, l2 = 0.0f;
};
Match match(const float* x, float inverse) {
  Match sums;
  for (int i = 0; i < kShortRun; ++i) {
    const auto l = static_cast<float>(signed_level(inverse * x[i]));
    const float weight = x[i] * x[i];
    sums.xl += weight * x[i] * l;
    sums.l2 += weight * l * l;
  }
  return sums;
}

// A number is scale * (q - 32). q is filled.
float fit_symmetric(const float* x, uint8_t* q) {
  float largest = 0.0f, extreme = 0.0f;
  for (int i = 0; i < kShortRun; ++i) {
    if (std::abs(x[i]) <= largest) continue;
    largest = std::abs(x[i]);
    extreme = x[i];
  }
  if (largest < kNothing) {
    std::fill_n(q, kShortRun, uint8_t{0});
    return 0.0f;
  }
  float inverse = static_cast<float>(-kHalf) / extreme;
  const Match first = match(x, inverse);
  float scale = first.l2 != 0.0f ? first.xl / first.l2 : 0.0f, best = scale * first.xl;
  for (int step = -9; step <= 9; ++step) {
    if (step == 0) continue;
    const float tried = -(static_cast<float>(kHalf) + 0.1f * static_cast<float>(step)) / extreme;
    const Match sums = match(x, tried);
    if (!(sums.l2 > 0.0f && sums.xl * sums.xl > best * sums.l2)) continue;
    inverse = tried;
    scale = sums.xl / sums.l2;
    best = scale * sums.xl;
  }
  for (int i = 0; i < kShortRun; ++i) q[i] = static_cast<uint8_t>(signed_level(inverse * x[i]) + kHalf);
  return scale;
}

}  // namespace

void quantize_block_q4_k(const float* x, uint8_t* block) {
  uint8_t q[kBlock];
  affine_block(x, {.most = 15, .first = -1.0f, .tries = 20}, q, block);
  pack_run_nibbles(q, block + 16);
}

void quantize_block_q5_k(const float* x, uint8_t* block) {
  uint8_t q[kBlock];
  affine_block(x, {.most = 31, .first = -0.5f, .tries = 15}, q, block);
  for (int i = 0; i < kRun; ++i) {  // bit j of byte i is the fifth of element i of run j
    int bits = 0;
    for (int j = 0; j < kRuns; ++j) bits |= (q[j * kRun + i] >> 4) << j;
    block[16 + i] = static_cast<uint8_t>(bits);
  }
  pack_run_nibbles(q, block + 48);
}

void quantize_block_q6_k(const float* x, uint8_t* block) {
  float scales[kShortRuns], largest = 0.0f, extreme = 0.0f;
  uint8_t q[kBlock];
  for (int j = 0; j < kShortRuns; ++j) {
    scales[j] = fit_symmetric(x + j * kShortRun, q + j * kShortRun);
    if (std::abs(scales[j]) <= largest) continue;
    largest = std::abs(scales[j]);
    extreme = scales[j];
  }
  if (largest < kNothing) {
    std::fill_n(block, 210, uint8_t{0});
    return;
  }
  const float inverse = -128.0f / extreme;
  const float d = half_of(1.0f / inverse);
  write_half(block + 208, 1.0f / inverse);
  for (int j = 0; j < kShortRuns; ++j) {
    const auto scale = static_cast<int8_t>(std::clamp(nearest(inverse * scales[j]), -128, 127));
    block[192 + j] = static_cast<uint8_t>(scale);
    const float step = d * static_cast<float>(scale);
    if (step == 0.0f) continue;
    for (int i = j * kShortRun; i < (j + 1) * kShortRun; ++i)
      q[i] = static_cast<uint8_t>(signed_level(x[i] / step) + kHalf);
  }
  for (int half = 0; half < 2; ++half) {
    const uint8_t* from = q + half * 128;
    for (int i = 0; i < 32; ++i) {
      block[half * 64 + i] = static_cast<uint8_t>((from[i] & 15) | (from[i + 64] & 15) << 4);
      block[half * 64 + 32 + i] = static_cast<uint8_t>((from[i + 32] & 15) | (from[i + 96] & 15) << 4);
      block[128 + half * 32 + i] = static_cast<uint8_t>(from[i] >> 4 | (from[i + 32] >> 4) << 2 |
                                                        (from[i + 64] >> 4) << 4 | (from[i + 96] >> 4) << 6);
    }
  }
}

}  // namespace auris
