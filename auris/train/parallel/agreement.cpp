#include "auris/train/parallel/agreement.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "auris/base/sha256.h"

namespace auris::train {
namespace {

// What each process has, by rank.
std::vector<double> all_of(ProcessGroup& processes, double value) {
  std::vector<double> values(static_cast<size_t>(processes.size()), 0.0);
  values[static_cast<size_t>(processes.rank())] = value;
  processes.sum(values);
  return values;
}

}  // namespace

bool any_of(ProcessGroup& processes, bool value) { return sum_of(processes, value ? 1 : 0) > 0; }

int64_t sum_of(ProcessGroup& processes, int64_t value) {
  auto sum = static_cast<double>(value);
  processes.sum(std::span(&sum, 1));
  return static_cast<int64_t>(sum);
}

double largest_of(ProcessGroup& processes, double value) {
  return std::ranges::max(all_of(processes, value));
}

double first_of(ProcessGroup& processes, double value) {
  processes.broadcast(std::as_writable_bytes(std::span(&value, 1)), 0);
  return value;
}

void check_same(ProcessGroup& processes, std::string_view what, std::string_view value) {
  const std::string ours = sha256_hex(std::as_bytes(std::span(value)));
  std::string first = ours;
  processes.broadcast(std::as_writable_bytes(std::span(first)), 0);
  const std::vector<double> other = all_of(processes, ours == first ? 0.0 : 1.0);
  const auto found = std::ranges::find(other, 1.0);
  if (found == other.end()) return;
  throw Error(ErrorCode::kUsage,
              {.where = "processes",
               .expected = fmt::format("the same {} in all processes", what),
               .got = fmt::format("other ones in process {} than in process 0", found - other.begin()),
               .hint = "give all machines the same program, files and kind of processor"});
}

void first_then_others(ProcessGroup& processes, const std::function<void()>& action) {
  if (processes.first()) action();
  processes.barrier();
  if (!processes.first()) action();
}

}  // namespace auris::train
