#pragma once
// A curve of many steps in few points: neighbours are averaged two by two whenever there are too many.

#include <cmath>
#include <cstdint>
#include <vector>

namespace auris::train {

struct CurvePoint {
  double step = 0;
  double value = 0;

  bool operator==(const CurvePoint&) const = default;
};

class Curve {
 public:
  static constexpr size_t kMaxPoints = 1000;

  // Values that are not finite leave a gap.
  void add(int64_t step, double value) {
    if (!std::isfinite(value)) return;
    if (sums_.empty() || sums_.back().count == per_point_) sums_.push_back({});
    Sum& sum = sums_.back();
    sum.step += static_cast<double>(step);
    sum.value += value;
    ++sum.count;
    if (sums_.size() > kMaxPoints) halve();
  }

  // In order, at most kMaxPoints.
  std::vector<CurvePoint> points() const {
    std::vector<CurvePoint> points;
    for (const Sum& sum : sums_) {
      const auto count = static_cast<double>(sum.count);
      points.push_back({sum.step / count, sum.value / count});
    }
    return points;
  }

 private:
  struct Sum {
    double step = 0, value = 0;
    int64_t count = 0;
  };

  void halve() {
    std::vector<Sum> halves;
    for (size_t i = 0; i < sums_.size(); i += 2) {
      Sum sum = sums_[i];
      if (i + 1 < sums_.size()) {
        sum.step += sums_[i + 1].step;
        sum.value += sums_[i + 1].value;
        sum.count += sums_[i + 1].count;
      }
      halves.push_back(sum);
    }
    sums_ = std::move(halves);
    per_point_ *= 2;
  }

  std::vector<Sum> sums_;
  int64_t per_point_ = 1;
};

}  // namespace auris::train
