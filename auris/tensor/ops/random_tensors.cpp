#include "auris/tensor/ops/random_tensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <hwy/highway.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/float16.h"
#include "auris/tensor/transfer.h"

namespace auris::test {
namespace {

void put_half(std::byte* at, float value) {
  uint16_t half = f32_to_f16(value);
  std::memcpy(at, &half, sizeof(half));
}

// Where a block keeps its f16 scales, and how large they are in trained models.
struct HalfScales {
  std::vector<size_t> offsets;
  float deviation;
};
HalfScales half_scales_of(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0: return {{0}, 0.001f};
    case DType::kQ4_0:
    case DType::kQ5_0: return {{0}, 0.01f};
    case DType::kQ4_1:
    case DType::kQ5_1: return {{0, 2}, 0.01f};
    case DType::kQ4_K:
    case DType::kQ5_K: return {{0, 2}, 0.0005f};
    default: return {{208}, 0.0001f};  // q6_k
  }
}

void fill_blocks(Rng& rng, Tensor& weight) {
  auto* data = weight.data<std::byte>();
  for (size_t i = 0; i < weight.bytes(); ++i) data[i] = static_cast<std::byte>(rng.next() & 255);
  auto block = static_cast<size_t>(info_of(weight.dtype()).block_bytes);
  HalfScales scales = half_scales_of(weight.dtype());
  for (size_t at = 0; at < weight.bytes(); at += block) {
    for (size_t offset : scales.offsets)
      put_half(data + at + offset, static_cast<float>(rng.normal()) * scales.deviation);
  }
}

}  // namespace

Tensor random_f32(Rng& rng, const Shape& shape, float deviation) {
  Tensor tensor = Tensor::empty(shape);
  for (float& value : tensor.span<float>()) value = static_cast<float>(rng.normal()) * deviation;
  return tensor;
}

Tensor random_weight(Rng& rng, const Shape& shape, DType dtype) {
  if (dtype == DType::kF32) return random_f32(rng, shape, 0.1f);
  Tensor weight = Tensor::empty(shape, dtype);
  if (is_quantized(dtype)) {
    fill_blocks(rng, weight);
  } else if (dtype == DType::kI8) {
    for (int8_t& value : weight.span<int8_t>()) value = static_cast<int8_t>(rng.below(255)) - 127;
  } else {
    for (uint16_t& value : weight.span<uint16_t>()) {
      auto number = static_cast<float>(rng.normal()) * 0.1f;
      value = dtype == DType::kF16 ? f32_to_f16(number) : f32_to_bf16(number);
    }
  }
  return weight;
}

void for_each_target(const std::function<void(const std::string& name)>& check) {
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    check(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

std::vector<Device> devices_under_test() {
  if (!has_backend(Device::kTorch)) return {Device::kPlain, Device::kCpu};
  if (!has_backend(Device::kCuda)) return {Device::kTorch};
  return {Device::kTorch, Device::kCuda};
}

void for_each_backend(const std::function<void(const std::string& name, Device device)>& check) {
  for (Device device : devices_under_test()) {
    if (device == Device::kCpu) {
      for_each_target([&](const std::string& target) { check(target, device); });
    } else if (device != Device::kPlain) {
      check(std::string(name_of(device)), device);
    }
  }
}

double difference(const Tensor& got, const Tensor& expected) {
  AURIS_CHECK(got.shape() == expected.shape());
  Tensor ours = to_host(got), theirs = to_host(expected);
  double worst = 0.0, largest = 1e-30;
  for (int64_t i = 0; i < got.elements(); ++i) {
    double a = ours.data<float>()[i], b = theirs.data<float>()[i];
    if (!std::isfinite(a)) return INFINITY;
    worst = std::max(worst, std::fabs(a - b));
    largest = std::max(largest, std::fabs(b));
  }
  return worst / largest;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::memcmp(a.data<std::byte>(), b.data<std::byte>(), a.bytes()) == 0;
}

}  // namespace auris::test
