#include "auris/nn/load_options.h"

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/tensor/transfer.h"

namespace auris::nn {
namespace {

std::string described(const Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  return fmt::format("{} {}", name_of(tensor.dtype()), tensor.shape().to_string());
}

void expect_factor(const std::string& name, const Tensor& tensor, const Shape& shape) {
  if (tensor.defined() && tensor.dtype() == DType::kF32 && tensor.shape() == shape) return;
  throw Error(ErrorCode::kUsage, {.where = quoted(name),
                                  .expected = "f32 " + shape.to_string(),
                                  .got = described(tensor),
                                  .hint = "the adapter does not fit this model"});
}

}  // namespace

LoadOptions LoadOptions::of_part(const std::string& prefix) const {
  LoadOptions part{.device = device};
  if (adapter) {
    part.adapter = [source = adapter, prefix](std::string_view name, LinearSize size) {
      return source(fmt::format("{}.{}", prefix, name), size);
    };
  }
  if (adopt) {
    part.adopt = [own = adopt, prefix](std::string_view name, const Tensor& tensor) {
      return own(fmt::format("{}.{}", prefix, name), tensor);
    };
  }
  return part;
}

Tensor adopted(const Adopt& adopt, std::string_view name, const Tensor& tensor) {
  if (!adopt) return tensor;
  Tensor own = adopt(name, tensor);
  bool integers = tensor.dtype() == DType::kI8;
  if (own.defined() && own.shape() == tensor.shape() && (own.dtype() == DType::kI8) == integers) return own;
  throw Error(ErrorCode::kUsage, {.where = quoted(name),
                                  .expected = "a tensor for " + described(tensor) + " to be adopted",
                                  .got = described(own),
                                  .hint = integers ? "integers cannot be trained: load a float file" : ""});
}

LowRank adopted_low_rank(const LoadOptions& options, std::string_view name, LinearSize size) {
  if (!options.adapter) return {};
  LowRank low = options.adapter(name, size);
  if (!low.defined()) return {};
  std::string a = std::string(name) + ".lora_a", b = std::string(name) + ".lora_b";
  int64_t rank = low.a.rows();
  expect_factor(a, low.a, {rank, size.in});
  expect_factor(b, low.b, {size.out, rank});
  low.a = adopted(options.adopt, a, to_device(low.a, options.device));
  low.b = adopted(options.adopt, b, to_device(low.b, options.device));
  return low;
}

}  // namespace auris::nn
