#pragma once
// Answers to closed questions chosen from their labels: each label's probability as the model's whole answer,
// so that nothing abstains and the probabilities can be checked (eval/metrics/calibration.h).

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "auris/data/tasks/task.h"
#include "auris/engine/answer_scores.h"
#include "auris/eval/run/system.h"

namespace auris::eval {

// Labels have different numbers of tokens.
enum class LabelLength {
  // The probability that the answer is this label and nothing behind it: of all its tokens and of the end of
  // the turn. Scaled to a sum of 1 it is the probability of the label if the answer is one of them. A label
  // that begins like a longer one does not take its share.
  kTotal,
  // The geometric mean of those probabilities over the tokens, the end included: long labels are not less
  // probable for their length. No probability of anything; for comparison.
  kMean,
};
std::string_view name_of(LabelLength length);           // "total", "mean"
LabelLength label_length_named(std::string_view name);  // kUsage for another name

// Of answers of which one is given: they add up to 1.
std::vector<double> answer_probabilities(std::span<const engine::AnswerScore> scores, LabelLength length);
// Names of labels to probabilities that add up to 1, one score for each label. A label's aliases do not
// count.
std::map<std::string, double> label_probabilities(std::span<const engine::AnswerScore> scores,
                                                  std::span<const data::Label> labels, LabelLength length);

// The likeliest label, the first of equal ones, with the probabilities of all.
SystemAnswer choose_label(const engine::LanguageModel& model, const processor::ModelInput& prompt,
                          std::span<const data::Label> labels, LabelLength length);

// The labels to choose from, if the item's answer is one of a closed set and `length` is given.
std::optional<std::span<const data::Label>> choosable_labels(const data::Item& item,
                                                             const std::optional<LabelLength>& length);

}  // namespace auris::eval
