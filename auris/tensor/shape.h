#pragma once
// The extents of a tensor, outermost first, at most four.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace auris {

class Shape {
 public:
  static constexpr int kMaxRank = 4;

  Shape() = default;  // rank 0: one element
  Shape(std::initializer_list<int64_t> extents);
  explicit Shape(std::span<const int64_t> extents);

  int rank() const { return rank_; }
  int64_t operator[](int axis) const;  // negative axes count from the end
  void set(int axis, int64_t extent);
  int64_t elements() const;       // the product; throws kInternal on overflow
  std::string to_string() const;  // "[1500, 512]"
  bool operator==(const Shape&) const = default;

 private:
  std::array<int64_t, kMaxRank> extents_{};
  int rank_ = 0;
};

}  // namespace auris
