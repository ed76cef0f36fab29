#pragma once
// The standard normal distribution.

namespace auris::eval {

// How probable it is to be below z, and the z below which it is with `probability` (in (0, 1), kUsage
// otherwise).
double normal_cdf(double z);
double normal_quantile(double probability);
// How probable it is to be at least |z| away from 0.
double two_sided_p(double z);

}  // namespace auris::eval
