#include "auris/train/loop/step_sums.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "auris/base/error.h"

namespace auris::train {
namespace {

// Every loss there is, in an order that all processes know: a process may lack some, by its examples.
constexpr std::array<std::string_view, 6> kLosses = {"answer", "respond",     "divergence",
                                                     "ctc",    "contrastive", "text_guard"};

// Visits every number, in one order.
template <class Visit>
void visit_numbers(StepSums& sums, const Visit& visit) {
  visit(sums.record.loss);
  visit(sums.record.audio_s);
  visit(sums.record.embedding_rms);
  visit(sums.sounding_rms);
  for (int64_t* count : {&sums.record.examples, &sums.record.tokens, &sums.correct, &sums.sounding}) {
    auto value = static_cast<double>(*count);  // exact up to 2^53
    visit(value);
    *count = static_cast<int64_t>(value);
  }
}

}  // namespace

void sum_over(ProcessGroup& processes, StepSums& sums) {
  if (processes.alone()) return;
  std::vector<double> values;
  visit_numbers(sums, [&](double& value) { values.push_back(value); });
  const size_t numbers = values.size();
  for (const std::string_view name : kLosses) {
    const auto found = sums.record.losses.find(std::string(name));
    const bool known = found != sums.record.losses.end();
    values.push_back(known ? 1.0 : 0.0);
    values.push_back(known ? found->second : 0.0);
  }
  for (const auto& [name, value] : sums.record.losses) AURIS_CHECK(std::ranges::count(kLosses, name) == 1);
  processes.sum(values);
  size_t next = 0;
  visit_numbers(sums, [&](double& value) { value = values[next++]; });
  for (size_t i = 0; i < kLosses.size(); ++i) {
    if (values[numbers + 2 * i] > 0)
      sums.record.losses[std::string(kLosses[i])] = values[numbers + 2 * i + 1];
  }
}

void sum_over(ProcessGroup& processes, StepCounts& counts) {
  std::array<double, 2> values = {static_cast<double>(counts.tokens),
                                  static_cast<double>(counts.spoken_clips)};
  processes.sum(values);
  counts = {.tokens = static_cast<int64_t>(values[0]), .spoken_clips = static_cast<int64_t>(values[1])};
}

}  // namespace auris::train
