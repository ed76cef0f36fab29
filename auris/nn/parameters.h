#pragma once
// A model's parameters, found by the names the model itself uses. A checkpoint has its own names
// ("blk.0.attn_q.weight", "language_model.model.layers.0.self_attn.q_proj.weight"); a name map translates, so
// that one model definition serves every file format. Our names are those of Hugging Face's modelling code
// without the leading module path: "layers.0.self_attn.q_proj.weight".
//
// Shapes are checked here, before any kernel sees the tensor: a wrong one is a kModel error that names the
// tensor as the file calls it. Tensors are views into the checkpoint: nothing is copied, unless a hook
// (load_options.h) does it or the device has memory of its own.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "auris/nn/load_options.h"
#include "auris/tensor/tensor.h"
#include "auris/weights/checkpoint.h"

namespace auris::nn {

// Our name -> the file's name.
using NameMap = std::function<std::string(std::string_view name)>;

class Parameters {
 public:
  explicit Parameters(std::shared_ptr<const weights::Checkpoint> checkpoint, NameMap names = {},
                      Device device = Device::kCpu);

  // The same parameters seen from below: under("layers.0").get("mlp.up_proj.weight", ...).
  Parameters under(std::string_view prefix) const;

  // The same parameters with low ranks beside linear layers, or adopted by a trainer. The hooks are told
  // names with all prefixes.
  Parameters with_adapter(AdapterSource source) const;
  Parameters adopting(Adopt adopt) const;

  bool contains(std::string_view name) const;
  // Any weight a matrix product may read: a float or quantized type, never integers other than kI8.
  Tensor weight(std::string_view name, const Shape& shape) const;
  // A small vector or table that is added or multiplied: f32, f16 or bf16.
  Tensor plain(std::string_view name, const Shape& shape) const;
  // Undefined if absent.
  Tensor find_plain(std::string_view name, const Shape& shape) const;
  // Of the linear layer `name`; undefined if the adapter has none for it.
  LowRank low_rank(std::string_view name, LinearSize size) const;

  // The extents of a tensor without a demand on them; throws kModel if it is absent.
  Shape shape_of(std::string_view name) const;
  std::string file_name(std::string_view name) const;  // what the file calls it
  const weights::Checkpoint& checkpoint() const { return *checkpoint_; }

 private:
  Tensor checked(std::string_view name, const Shape& shape, bool plain_only) const;
  std::string full_name(std::string_view name) const { return prefix_ + std::string(name); }

  std::shared_ptr<const weights::Checkpoint> checkpoint_;
  NameMap names_;
  std::string prefix_;
  Device device_;
  AdapterSource adapter_;
  Adopt adopt_;
};

}  // namespace auris::nn
