#pragma once
// What each item adds to a metric, before anything is summed: what intervals, comparisons and breakdowns are
// made from.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auris/eval/metrics/bleu.h"
#include "auris/eval/metrics/chrf.h"
#include "auris/eval/metrics/corpus_item.h"
#include "auris/eval/score/group.h"

namespace auris::eval {

// One for each item of the group.
using MetricParts = std::variant<std::vector<CorpusItem>, std::vector<BleuSums>, std::vector<ChrfSums>>;

// Nothing for a metric that the mode does not have, and for the judge's if no item was judged. `details` gets
// what the metric knows beside its value.
std::optional<MetricParts> metric_parts(data::Metric metric, const Group& group, ScoreMode mode,
                                        std::map<std::string, double>& details);

// NaN if there is nothing to divide by.
double value_of(const MetricParts& parts, std::span<const size_t> items);
MetricValue estimate(data::Metric metric, const MetricParts& parts, std::span<const int64_t> blocks,
                     const BootstrapOptions& options);
// Second minus first. kUsage for parts of two metrics or different numbers of items.
PairedEstimate compare_parts(const MetricParts& first, const MetricParts& second,
                             std::span<const int64_t> blocks, const BootstrapOptions& options);

// A text as word and character error rates compare it. English numbers and contractions are unified in
// English only; an item without a language is taken for English, as the answers to spoken instructions are.
std::string normalized_words(std::string_view text, std::string_view language);

// metric_parts() in LLaSO's mode.
std::optional<MetricParts> llaso_parts(data::Metric metric, const Group& group,
                                       std::map<std::string, double>& details);

}  // namespace auris::eval
