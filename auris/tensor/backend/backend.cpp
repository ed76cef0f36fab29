#include "auris/tensor/backend/backend.h"

#include <array>
#include <atomic>

#include "auris/tensor/ops/elementwise.h"

namespace auris {
namespace {

// Registered backends live as long as the process: tensors of static lifetime may outlive any destructor.
std::atomic<Backend*>& registered(Device device) {
  static std::array<std::atomic<Backend*>, kDeviceCount> backends{};
  return backends.at(static_cast<size_t>(device));
}

}  // namespace

ops::Qkv Backend::linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k,
                             const LinearWeights& v) {
  return {linear(x, q, {}), linear(x, k, {}), linear(x, v, {})};
}

Tensor Backend::gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                             Activation activation) {
  LinearOptions options;
  options.activation = activation;
  return multiply(linear(x, gate, options), linear(x, up, {}));
}

Tensor Backend::empty(const Shape& /*shape*/, DType /*dtype*/) {
  fail_invariant("a device with memory of its own", __FILE__, __LINE__);
}

Tensor Backend::from_host(const Tensor& /*host*/) {
  fail_invariant("a device with memory of its own", __FILE__, __LINE__);
}

Tensor Backend::to_host(const Tensor& /*tensor*/) {
  fail_invariant("a device with memory of its own", __FILE__, __LINE__);
}

Backend& backend_of(Device device) {
  if (device == Device::kCpu) return cpu_backend();
  if (device == Device::kPlain) return plain_backend();
  if (Backend* backend = registered(device).load(std::memory_order_acquire)) return *backend;
  throw Error(
      ErrorCode::kUsage,
      {.where = "device",
       .expected = "a backend for " + std::string(name_of(device)),
       .got = "none in this program",
       .hint = "it needs a build with LibTorch (cmake -DAURIS_TORCH=ON), register_torch_backends() at "
               "start-up and, for cuda, a GPU"});
}

bool has_backend(Device device) {
  return shares_host_tensors(device) || registered(device).load(std::memory_order_acquire) != nullptr;
}

void register_backend(Device device, std::unique_ptr<Backend> backend) {
  AURIS_CHECK(backend != nullptr && !shares_host_tensors(device));
  Backend* none = nullptr;
  AURIS_CHECK(registered(device).compare_exchange_strong(none, backend.get(), std::memory_order_acq_rel));
  static_cast<void>(backend.release());
}

}  // namespace auris
