#include "auris/eval/statistics/normal.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

// By halving: slow and sure, and asked for a few times a report.
double normal_quantile(double probability) {
  if (!(probability > 0 && probability < 1)) {
    throw Error(ErrorCode::kUsage, {.where = "normal quantile",
                                    .expected = "a probability between 0 and 1",
                                    .got = fmt::format("{}", probability),
                                    .hint = ""});
  }
  double low = -40, high = 40;  // no double lies farther out
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    (normal_cdf(middle) < probability ? low : high) = middle;
  }
  return high;
}

}  // namespace auris::eval
