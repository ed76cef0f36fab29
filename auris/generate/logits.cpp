#include "auris/generate/logits.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

constexpr float kNone = -std::numeric_limits<float>::infinity();
// Independent lanes, so that compilers turn the loops into vector code without being allowed to reorder sums.
constexpr size_t kLanes = 16;

// exp(x) for x <= 0 with a relative error below 2e-7: 2^n times a polynomial (Cephes expf), without branches.
inline float exp_negative(float x) {
  x = x > -87.0f ? x : -87.0f;
  float n = x * 1.44269504f;
  auto whole = static_cast<int32_t>(n - 0.5f);
  auto fn = static_cast<float>(whole);
  float r = x - fn * 0.693359375f + fn * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * std::bit_cast<float>((whole + 127) << 23);
}

}  // namespace

float max_logit(std::span<const float> logits) {
  std::array<float, kLanes> lanes;
  lanes.fill(kNone);
  const float* x = logits.data();
  size_t size = logits.size(), i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t j = 0; j < kLanes; ++j) lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
  }
  for (; i < size; ++i) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  return *std::max_element(lanes.begin(), lanes.end());
}

TokenId argmax(std::span<const float> logits) {
  float largest = max_logit(logits);
  if (!std::isfinite(largest)) {
    throw Error(ErrorCode::kModel, {.where = "sampling",
                                    .expected = "a finite largest logit",
                                    .got = fmt::format("{}", largest),
                                    .hint = "the weights may be damaged, or all tokens are suppressed"});
  }
  const float* x = logits.data();
  size_t size = logits.size(), i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    int32_t found = 0;
    for (size_t j = 0; j < kLanes; ++j) found |= x[i + j] == largest;
    if (found) break;
  }
  while (i < size && x[i] != largest) ++i;
  return static_cast<TokenId>(i);
}

double sum_exp(std::span<const float> logits, float shift, float scale) {
  constexpr size_t kBlock = 1024;  // few enough terms for a float lane to stay exact to 1e-6
  const float* x = logits.data();
  size_t size = logits.size(), i = 0;
  double sum = 0;
  while (i + kLanes <= size) {
    std::array<float, kLanes> lanes{};
    size_t end = std::min(size, i + kBlock);
    for (; i + kLanes <= end; i += kLanes) {
      for (size_t j = 0; j < kLanes; ++j) {
        float distance = (x[i + j] - shift) * scale;
        float term = exp_negative(distance);
        lanes[j] += distance > -87.0f ? term : 0.0f;  // also drops NaN
      }
    }
    for (float lane : lanes) sum += lane;
  }
  for (; i < size; ++i) {
    float distance = (x[i] - shift) * scale;
    if (distance > -87.0f) sum += exp_negative(distance);
  }
  return sum;
}

float kth_largest(std::span<const float> logits, size_t k) {
  // A heap of the k largest so far, its smallest on top. Most logits are below it, and are skipped 16 at a
  // time.
  std::vector<float> heap;
  heap.reserve(k);
  const float* x = logits.data();
  size_t size = logits.size(), i = 0;
  for (; i < size && heap.size() < k; ++i) {
    if (std::isnan(x[i])) continue;
    heap.push_back(x[i]);
    std::push_heap(heap.begin(), heap.end(), std::greater<>());
  }
  if (heap.size() < k) return kNone;
  while (i < size) {
    if (i + kLanes <= size) {
      int32_t found = 0;
      for (size_t j = 0; j < kLanes; ++j) found |= x[i + j] > heap.front();
      if (!found) {
        i += kLanes;
        continue;
      }
    }
    size_t end = std::min(size, i + kLanes);
    for (; i < end; ++i) {
      if (!(x[i] > heap.front())) continue;
      std::pop_heap(heap.begin(), heap.end(), std::greater<>());
      heap.back() = x[i];
      std::push_heap(heap.begin(), heap.end(), std::greater<>());
    }
  }
  return heap.front();
}

std::vector<Candidate> at_least(std::span<const float> logits, float cut) {
  std::vector<Candidate> out;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] >= cut && logits[i] > kNone) out.push_back({static_cast<TokenId>(i), logits[i]});
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return a.value != b.value ? a.value > b.value : a.id < b.id;
  });
  return out;
}

}  // namespace auris::generate
