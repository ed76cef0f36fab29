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

// A label has several names, its aliases beside its own, and names have different numbers of tokens.
enum class LabelLength {
  // The probability that the answer is this name and nothing behind it: of all its tokens and of the end of
  // the
  // turn. The answer cannot be two names at once, so a label's is the sum over its names. Scaled to a sum of
  // 1
  // over all labels it is the probability of the label if the answer is any name of any of them. A name that
  // begins like a longer one does not take its share.
  kTotal,
  // The geometric mean of those probabilities over the tokens, the end included: long names are not less
  // probable for their length. No probability of anything, so that nothing adds up: a label takes that of its
  // likeliest name, and many aliases make no label likelier. For comparison.
  kMean,
};
std::string_view name_of(LabelLength length);           // "total", "mean"
LabelLength label_length_named(std::string_view name);  // kUsage for another name

// Of answers of which one is given: they add up to 1.
std::vector<double> answer_probabilities(std::span<const engine::AnswerScore> scores, LabelLength length);
// All names of all labels: each label's own, then its aliases, none twice in one label.
std::vector<std::string> names_of(std::span<const data::Label> labels);
// Labels, by their own names, to probabilities that add up to 1; a score for each of names_of(labels).
std::map<std::string, double> label_probabilities(std::span<const engine::AnswerScore> scores,
                                                  std::span<const data::Label> labels, LabelLength length);

// The likeliest label, the first of equal ones, with the probabilities of all.
SystemAnswer choose_label(const engine::LanguageModel& model, const processor::ModelInput& prompt,
                          std::span<const data::Label> labels, LabelLength length);

// The labels to choose from, if the item's answer is one of a closed set and `length` is given.
std::optional<std::span<const data::Label>> choosable_labels(const data::Item& item,
                                                             const std::optional<LabelLength>& length);

}  // namespace auris::eval
