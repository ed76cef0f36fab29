#include "auris/train/parallel/gradient_exchange.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

namespace auris::train {
namespace {

// How late a backward pass finishes the gradients of a part.
int lateness(const TrainedParameter& parameter) {
  switch (part_named(parameter.name).value_or(Part::kEncoder)) {
    case Part::kLanguageModel:
    case Part::kLanguageModelAdapter: return 0;
    case Part::kProjector: return 1;
    case Part::kEncoder:
    case Part::kEncoderAdapter: break;
  }
  return 2;
}

// Numbers of the parameters, those first that are ready first. They are listed as the forward pass uses them.
std::vector<size_t> backward_order(const std::vector<TrainedParameter>& parameters) {
  std::vector<size_t> order(parameters.size());
  std::iota(order.rbegin(), order.rend(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return lateness(parameters[i]); });
  return order;
}

}  // namespace

class GradientExchange::Hook : public torch::autograd::PostAccumulateGradHook {
 public:
  Hook(GradientExchange& exchange, size_t slot) : exchange_(exchange), slot_(slot) {}
  void operator()(const at::Tensor&) override { exchange_.take(slot_); }

 private:
  GradientExchange& exchange_;
  size_t slot_;
};

GradientExchange::GradientExchange(ParameterSet& parameters, ProcessGroup& processes, size_t bucket_bytes)
    : processes_(processes), bucket_bytes_(bucket_bytes) {
  AURIS_CHECK(bucket_bytes >= sizeof(float));
  fill_buckets(parameters, bucket_bytes);
  for (Bucket& bucket : buckets_) allocate(bucket);
  for (size_t i = 0; i < slots_.size(); ++i)
    torch::autograd::impl::set_post_acc_grad_hooks(slots_[i].value, std::make_unique<Hook>(*this, i));
}

GradientExchange::~GradientExchange() {
  for (Slot& slot : slots_) {
    torch::autograd::impl::set_post_acc_grad_hooks(slot.value, nullptr);
    slot.value.mutable_grad() = at::Tensor();
  }
}

void GradientExchange::fill_buckets(ParameterSet& parameters, size_t bucket_bytes) {
  const auto most = static_cast<int64_t>(bucket_bytes / sizeof(float));
  for (const size_t i : backward_order(parameters.parameters())) {
    const at::Tensor& value = parameters.parameters()[i].value;
    const auto size_with = [&](const Bucket& bucket) {  // and a number for each parameter
      return bucket.elements + value.numel() + static_cast<int64_t>(bucket.slots.size()) + 1;
    };
    if (buckets_.empty() || size_with(buckets_.back()) > most) buckets_.emplace_back();
    Bucket& bucket = buckets_.back();
    bucket.elements += value.numel();
    bucket.slots.push_back(slots_.size());
    slots_.push_back({.value = value, .gradient = {}, .bucket = buckets_.size() - 1});
  }
}

void GradientExchange::allocate(Bucket& bucket) {
  const auto count = static_cast<int64_t>(bucket.slots.size());
  bucket.values = at::zeros({bucket.elements + count}, slots_[bucket.slots.front()].value.options());
  int64_t offset = 0;
  for (const size_t i : bucket.slots) {
    const at::Tensor& value = slots_[i].value;
    slots_[i].gradient = bucket.values.narrow(0, offset, value.numel()).view(value.sizes());
    offset += value.numel();
  }
}

void GradientExchange::begin() {
  c10::NoGradGuard no_gradients;
  overlapping_ = false;
  next_ = 0;
  for (Bucket& bucket : buckets_) bucket.values.zero_();
  for (Slot& slot : slots_) {
    slot.given = false;
    slot.value.mutable_grad() = slot.gradient;
  }
}

void GradientExchange::overlap() {
  overlapping_ = true;
  for (Slot& slot : slots_) slot.ready = false;
  for (Bucket& bucket : buckets_) bucket.waiting = bucket.slots.size();
}

void GradientExchange::take(size_t slot) {
  slots_[slot].given = true;
  if (!overlapping_ || slots_[slot].ready) return;
  slots_[slot].ready = true;
  --buckets_[slots_[slot].bucket].waiting;
  begin_ready_sums();
  processes_.progress();
}

void GradientExchange::begin_ready_sums() {
  while (next_ < buckets_.size() && buckets_[next_].waiting == 0) begin_sum(buckets_[next_++]);
}

void GradientExchange::begin_sum(Bucket& bucket) {
  c10::NoGradGuard no_gradients;
  std::vector<float> given;
  for (const size_t i : bucket.slots) given.push_back(slots_[i].given ? 1.0F : 0.0F);
  const auto count = static_cast<int64_t>(given.size());
  bucket.values.narrow(0, bucket.elements, count).copy_(at::from_blob(given.data(), {count}, at::kFloat));
  // A parameter that is larger than a bucket goes in parts of that size.
  const std::span<float> all(bucket.values.data_ptr<float>(), static_cast<size_t>(bucket.values.numel()));
  const size_t most = std::max<size_t>(bucket_bytes_ / sizeof(float), 1);
  for (size_t begin = 0; begin < all.size(); begin += most)
    processes_.begin_sum(all.subspan(begin, std::min(most, all.size() - begin)));
}

void GradientExchange::finish() {
  overlapped_ = next_;
  overlapping_ = false;
  while (next_ < buckets_.size()) begin_sum(buckets_[next_++]);
  processes_.wait();
  for (const Bucket& bucket : buckets_) drop_missing(bucket);
}

void GradientExchange::drop_missing(const Bucket& bucket) {
  const at::Tensor given =
      bucket.values.narrow(0, bucket.elements, static_cast<int64_t>(bucket.slots.size())).to(at::kCPU);
  for (size_t n = 0; n < bucket.slots.size(); ++n) {
    Slot& slot = slots_[bucket.slots[n]];
    if (given.data_ptr<float>()[n] == 0.0F) {
      slot.value.mutable_grad() = at::Tensor();
    } else {
      AURIS_CHECK(slot.value.grad().data_ptr() == slot.gradient.data_ptr());
    }
  }
}

}  // namespace auris::train
