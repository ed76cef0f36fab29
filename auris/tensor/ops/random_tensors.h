#pragma once
// For tests: random tensors of every type, every SIMD target of the machine, and comparison.

#include <functional>
#include <string>
#include <vector>

#include "auris/base/rng.h"
#include "auris/tensor/tensor.h"

namespace auris::test {

Tensor random_f32(Rng& rng, const Shape& shape, float deviation = 1.0f);

// A weight in any DType with values around 0.1; block types are made of random bits with tame scales.
Tensor random_weight(Rng& rng, const Shape& shape, DType dtype);

// The torch backends in a program that registered them, else ours: each test program tests its own.
std::vector<Device> devices_under_test();

// Runs check(name) with each Highway target that this machine supports in turn chosen for the cpu backend.
void for_each_target(const std::function<void(const std::string& name)>& check);

// Runs check(name, device) for each fast backend of devices_under_test(), the cpu's once for each target.
void for_each_backend(const std::function<void(const std::string& name, Device device)>& check);

// The largest difference, as a share of the largest expected number (0 for empty tensors). Shapes must be
// equal; the tensors may lie on any device.
double difference(const Tensor& got, const Tensor& expected);

bool same_bits(const Tensor& a, const Tensor& b);

}  // namespace auris::test
