#include "auris/nn/parameters.h"

#include <utility>

#include "auris/tensor/transfer.h"

namespace auris::nn {
namespace {

bool is_plain(DType dtype) { return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16; }

}  // namespace

Parameters::Parameters(std::shared_ptr<const weights::Checkpoint> checkpoint, NameMap names, Device device)
    : checkpoint_(std::move(checkpoint)), names_(std::move(names)), device_(device) {
  AURIS_CHECK(checkpoint_ != nullptr);
}

Parameters Parameters::under(std::string_view prefix) const {
  Parameters below = *this;
  below.prefix_ += std::string(prefix) + ".";
  return below;
}

Parameters Parameters::with_adapter(AdapterSource source) const {
  Parameters other = *this;
  other.adapter_ = std::move(source);
  return other;
}

Parameters Parameters::adopting(Adopt adopt) const {
  Parameters other = *this;
  other.adopt_ = std::move(adopt);
  return other;
}

std::string Parameters::file_name(std::string_view name) const {
  std::string full = full_name(name);
  return names_ ? names_(full) : full;
}

bool Parameters::contains(std::string_view name) const { return checkpoint_->contains(file_name(name)); }

Shape Parameters::shape_of(std::string_view name) const {
  return checkpoint_->tensor(file_name(name)).shape();
}

Tensor Parameters::weight(std::string_view name, const Shape& shape) const {
  return adopted(adopt_, full_name(name), checked(name, shape, false));
}

Tensor Parameters::plain(std::string_view name, const Shape& shape) const {
  return adopted(adopt_, full_name(name), checked(name, shape, true));
}

Tensor Parameters::find_plain(std::string_view name, const Shape& shape) const {
  return contains(name) ? plain(name, shape) : Tensor();
}

LowRank Parameters::low_rank(std::string_view name, LinearSize size) const {
  return adopted_low_rank({.device = device_, .adapter = adapter_, .adopt = adopt_}, full_name(name), size);
}

Tensor Parameters::checked(std::string_view name, const Shape& shape, bool plain_only) const {
  std::string in_file = file_name(name);
  Tensor tensor = checkpoint_->tensor(in_file);
  if (tensor.shape() != shape) {
    throw Error(ErrorCode::kModel, {.where = auris::quoted(in_file),
                                    .expected = "shape " + shape.to_string(),
                                    .got = tensor.shape().to_string(),
                                    .hint = "the weights do not fit the model's configuration"});
  }
  if (tensor.dtype() == DType::kI32 || (plain_only && !is_plain(tensor.dtype()))) {
    throw Error(ErrorCode::kModel,
                {.where = auris::quoted(in_file),
                 .expected = plain_only ? "type f32, f16 or bf16" : "a float or quantized type",
                 .got = std::string(name_of(tensor.dtype())),
                 .hint = ""});
  }
  return to_device(tensor, device_);
}

}  // namespace auris::nn
