#include "auris/tensor/shape.h"

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris {

Shape::Shape(std::initializer_list<int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const int64_t> extents) {
  AURIS_CHECK(extents.size() <= kMaxRank);
  for (int64_t extent : extents) {
    AURIS_CHECK(extent >= 0);
    extents_[rank_++] = extent;
  }
}

int64_t Shape::operator[](int axis) const {
  if (axis < 0) axis += rank_;
  AURIS_CHECK(axis >= 0 && axis < rank_);
  return extents_[axis];
}

void Shape::set(int axis, int64_t extent) {
  if (axis < 0) axis += rank_;
  AURIS_CHECK(axis >= 0 && axis < rank_ && extent >= 0);
  extents_[axis] = extent;
}

int64_t Shape::elements() const {
  int64_t product = 1;
  for (int axis = 0; axis < rank_; ++axis) {
    AURIS_CHECK(!__builtin_mul_overflow(product, extents_[axis], &product));
  }
  return product;
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (int axis = 0; axis < rank_; ++axis) text += fmt::format("{}{}", axis > 0 ? ", " : "", extents_[axis]);
  return text + "]";
}

}  // namespace auris
