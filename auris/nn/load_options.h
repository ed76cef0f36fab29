#pragma once
// Where a model's parameters go when it is loaded, and the hooks by which a trainer gets at them. A model
// that is only used takes its parameters as the file has them; one that is trained takes trainable copies of
// some, and low ranks beside some of its linear layers (adapter.h). Both are told by the names that the model
// itself uses (parameters.h): "layers.0.self_attn.q_proj.weight".
//
//   std::map<std::string, Tensor> trained;
//   auto llama = models::load_llama(checkpoint, {.adopt = [&](std::string_view name, const Tensor& tensor) {
//     return name.ends_with("norm.weight") ? trained[std::string(name)] = trainable_copy(tensor) : tensor;
//   }});

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "auris/tensor/ops/linear.h"
#include "auris/tensor/tensor.h"

namespace auris::nn {

struct LinearSize {
  int64_t in = 0;
  int64_t out = 0;
};

// The low rank of the linear layer `name`; an undefined one for layers that have none. Its tensors are
// adopted as NAME.lora_a and NAME.lora_b.
using AdapterSource = std::function<LowRank(std::string_view name, LinearSize size)>;

// What a model uses in the place of `tensor`, its parameter `name`: the same tensor, or a copy of its own
// shape in any float type, on the same device. Integers (kI8) stay what they are: their scales are another
// parameter.
using Adopt = std::function<Tensor(std::string_view name, const Tensor& tensor)>;

struct LoadOptions {
  Device device = Device::kCpu;
  AdapterSource adapter = {};
  Adopt adopt = {};

  // For a part of a larger model: the hooks are told "PREFIX.name".
  LoadOptions of_part(const std::string& prefix) const;
};

// The tensor that the hook gives, the given one without a hook. Throws kUsage for one of another shape, none
// at all, or another type for integers.
Tensor adopted(const Adopt& adopt, std::string_view name, const Tensor& tensor);

// The adopted low rank of a layer, if the source has one. Throws kUsage if it does not fit.
LowRank adopted_low_rank(const LoadOptions& options, std::string_view name, LinearSize size);

}  // namespace auris::nn
