#include "apps/work_rate.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace auris::apps {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double processor_time() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    if (::getrusage(who, &usage) == 0) sum += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  }
  return sum;
}

}  // namespace

WorkRate::WorkRate() : begin_(std::chrono::steady_clock::now()), processor_begin_(processor_time()) {}

double WorkRate::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

double WorkRate::processor_seconds() const { return processor_time() - processor_begin_; }

std::string WorkRate::text(int64_t count, std::string_view things) const {
  constexpr double kLeast = 1e-6;
  const auto rate = [&](double time) { return static_cast<double>(count) / std::max(time, kLeast); };
  const double wall = seconds();
  return fmt::format("{} {} in {:.1f} s: {:.1f} a second, {:.1f} a second and core", count, things, wall,
                     rate(wall), rate(processor_seconds()));
}

void WorkRate::print(int64_t count, std::string_view things, bool quiet) const {
  if (!quiet) fmt::print(stderr, "{}\n", text(count, things));
}

}  // namespace auris::apps
