#include "auris/train/memory_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/trimmed.h"

namespace auris::train {
namespace {

constexpr int64_t kTrainedBytes = 4;  // f32, of a weight, of its gradient and of each moment
constexpr int64_t kMoments = 2;
constexpr int64_t kLogitCopies = 3;
constexpr double kMostBytes = 9e18;

[[noreturn]] void fail(std::string expected, std::string got, std::string hint = "") {
  throw Error(ErrorCode::kUsage, {.where = "memory plan",
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = std::move(hint)});
}

int64_t whole_bytes(double bytes) {
  if (!(bytes >= 0 && bytes < kMostBytes)) fail("sizes that a machine could have", fmt::format("{}", bytes));
  return static_cast<int64_t>(std::ceil(bytes));
}

double row_bytes_of_layer(const PlannedStack& stack, int factor_bytes) {
  const auto h = static_cast<double>(stack.hidden), k = static_cast<double>(stack.key_columns),
             i = static_cast<double>(stack.inner), b = static_cast<double>(factor_bytes);
  const double always = 8 * h + b * (2 * h + 2 * k) + (stack.gated ? 12 : 4) * i;
  if (!stack.learns) return always;
  const double inputs = factor_bytes == kTrainedBytes ? 8 : stack.gated ? 12 : 10;
  return always + b * i + (inputs + (stack.gated ? 8 : 0)) * h;
}

// Rounded for the products; none where they are what they are.
double weight_bytes_of_layer(const PlannedStack& stack, int factor_bytes) {
  if (factor_bytes == kTrainedBytes) return 0;
  const auto h = static_cast<double>(stack.hidden), k = static_cast<double>(stack.key_columns);
  return factor_bytes *
         (2 * h * h + 2 * h * k + (stack.gated ? 3 : 2) * h * static_cast<double>(stack.inner));
}

int64_t activations_of(const PlannedStack& stack, const PlanOptions& options) {
  const auto rows = static_cast<double>(stack.rows), layers = static_cast<double>(stack.layers);
  const double layer = rows * row_bytes_of_layer(stack, options.factor_bytes);
  if (!stack.backward) return whole_bytes(layer);
  if (!options.recompute_activations) return whole_bytes(layers * layer);
  return whole_bytes(layers * rows * 4 * static_cast<double>(stack.hidden) + layer);
}

int64_t rounded_weights_of(const PlannedStack& stack, const PlanOptions& options) {
  const double layer = weight_bytes_of_layer(stack, options.factor_bytes);
  const bool kept = stack.backward && !options.recompute_activations;
  return whole_bytes(kept ? static_cast<double>(stack.layers) * layer : layer);
}

void check(const PlanOptions& options) {
  const auto fine = [](int64_t size) { return size >= 0; };
  bool all = fine(options.logit_rows) && fine(options.vocab) && options.factor_bytes >= 1 &&
             options.shards >= 1 && fine(options.overhead_bytes);
  for (const PlannedPart& part : options.parts)
    all = all && fine(part.parameters) && part.bytes_per_parameter >= 0;
  for (const PlannedStack& stack : options.stacks)
    all = all && fine(stack.layers) && fine(stack.hidden) && fine(stack.key_columns) && fine(stack.inner) &&
          fine(stack.rows);
  if (!all) fail("sizes from 0 on, and at least one shard", "others");
}

std::optional<int64_t> number_in(std::string_view text) {
  const std::string_view digits = trimmed(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "MemAvailable:   123456 kB"
std::optional<int64_t> available_in(std::string_view meminfo) {
  constexpr std::string_view kName = "MemAvailable:", kUnit = "kB";
  const size_t begin = meminfo.find(kName);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view line = meminfo.substr(begin + kName.size());
  line = trimmed(line.substr(0, line.find('\n')));
  if (!line.ends_with(kUnit)) return std::nullopt;
  const auto kib = number_in(line.substr(0, line.size() - kUnit.size()));
  return kib ? std::optional(*kib * 1024) : std::nullopt;
}

std::string content_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

MemoryPlan plan_memory(const PlanOptions& options) {
  check(options);
  MemoryPlan plan;
  const auto add = [&](std::string name, int64_t bytes, int64_t& sum) {
    if (bytes == 0) return;
    plan.lines.push_back({.name = std::move(name), .bytes = bytes});
    sum = whole_bytes(static_cast<double>(sum) + static_cast<double>(bytes));
  };
  for (const PlannedPart& part : options.parts) {
    const auto parameters = static_cast<double>(part.parameters);
    (part.trained ? plan.trained_parameters : plan.frozen_parameters) += part.parameters;
    const double bytes = part.trained ? static_cast<double>(kTrainedBytes) : part.bytes_per_parameter;
    add(part.name + ": weights", whole_bytes(parameters * bytes), plan.fixed_bytes);
    if (!part.trained) continue;
    add(part.name + ": gradients", whole_bytes(parameters * kTrainedBytes), plan.fixed_bytes);
    add(part.name + ": moments",
        whole_bytes(parameters * kTrainedBytes * kMoments / static_cast<double>(options.shards)),
        plan.fixed_bytes);
  }
  for (const PlannedStack& stack : options.stacks) {
    add(stack.name + ": activations", activations_of(stack, options), plan.activation_bytes);
    add(stack.name + ": rounded weights", rounded_weights_of(stack, options), plan.fixed_bytes);
  }
  const double logits = static_cast<double>(options.logit_rows) * static_cast<double>(options.vocab);
  add("logits", whole_bytes(logits * kLogitCopies * sizeof(float)), plan.activation_bytes);
  add("overhead", options.overhead_bytes, plan.fixed_bytes);
  return plan;
}

std::string bytes_text(int64_t bytes) {
  constexpr double kMiB = 1 << 20;
  const double mib = static_cast<double>(bytes) / kMiB;
  return mib < 1024 ? fmt::format("{:.0f} MiB", mib) : fmt::format("{:.1f} GiB", mib / 1024);
}

std::string text_of(const MemoryPlan& plan) {
  std::string text;
  for (const PlannedBytes& line : plan.lines)
    text += fmt::format("{:<32}{:>12}\n", line.name, bytes_text(line.bytes));
  return text + fmt::format("{:<32}{:>12}\n", "in all", bytes_text(plan.total_bytes()));
}

void check_fits(const MemoryPlan& plan, int64_t available_bytes, const std::string& machine) {
  if (plan.total_bytes() <= available_bytes) return;
  const double left = static_cast<double>(available_bytes - plan.fixed_bytes);
  const double share = plan.activation_bytes > 0 ? left / static_cast<double>(plan.activation_bytes) : 0;
  const std::string hint =
      share >= 0.01
          ? fmt::format(
                "micro-batches of {:.0f} % of the size fit: lower batch.tokens and raise batch.accumulation",
                std::floor(100 * share))
          : "weights, gradients and moments alone are too many: train an adapter instead of the whole part, "
            "or "
            "let processes divide the moments (optimizer.sharded)";
  fail(fmt::format("at most {} of memory on {}", bytes_text(available_bytes), machine),
       fmt::format("{}", bytes_text(plan.total_bytes())), hint);
}

int64_t available_memory_bytes(const MemoryFiles& files) {
  std::optional<int64_t> available = available_in(files.meminfo);
  const auto limit = number_in(files.limit), current = number_in(files.current);  // "max" is no number
  if (limit && current) {
    const int64_t left = std::max<int64_t>(*limit - *current, 0);
    available = available ? std::min(*available, left) : left;
  }
  if (!available) {
    throw Error(ErrorCode::kInternal, {.where = "memory plan",
                                       .expected = "MemAvailable in /proc/meminfo or a control group's limit",
                                       .got = "neither",
                                       .hint = ""});
  }
  return *available;
}

int64_t available_memory_bytes() {
  return available_memory_bytes({.meminfo = content_of("/proc/meminfo"),
                                 .limit = content_of("/sys/fs/cgroup/memory.max"),
                                 .current = content_of("/sys/fs/cgroup/memory.current")});
}

TimePlan plan_time(double seconds_per_row, double rows_per_step, int64_t steps) {
  const double step_s = seconds_per_row * rows_per_step;
  return {.step_s = step_s, .total_s = step_s * static_cast<double>(steps)};
}

}  // namespace auris::train
