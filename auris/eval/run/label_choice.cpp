#include "auris/eval/run/label_choice.h"

#include <algorithm>
#include <cmath>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

double logit_of(const engine::AnswerScore& score, LabelLength length) {
  const double total = score.logprob + score.end_logprob;
  return length == LabelLength::kTotal ? total : total / static_cast<double>(score.tokens.size() + 1);
}

std::vector<double> softmax(std::vector<double> logits) {
  const double most = *std::max_element(logits.begin(), logits.end());
  if (!std::isfinite(most)) {
    throw Error(ErrorCode::kModel, {.where = "labels",
                                    .expected = "finite probabilities",
                                    .got = std::to_string(most),
                                    .hint = "the model's weights may be damaged"});
  }
  double sum = 0;
  for (double& logit : logits) sum += logit = std::exp(logit - most);
  for (double& logit : logits) logit /= sum;
  return logits;
}

}  // namespace

std::string_view name_of(LabelLength length) { return length == LabelLength::kTotal ? "total" : "mean"; }

LabelLength label_length_named(std::string_view name) {
  if (name == "total") return LabelLength::kTotal;
  if (name == "mean") return LabelLength::kMean;
  throw Error(ErrorCode::kUsage,
              {.where = "labels", .expected = "total or mean", .got = quoted(name), .hint = ""});
}

std::vector<double> answer_probabilities(std::span<const engine::AnswerScore> scores, LabelLength length) {
  AURIS_CHECK(!scores.empty());
  std::vector<double> logits;
  for (const engine::AnswerScore& score : scores) logits.push_back(logit_of(score, length));
  return softmax(std::move(logits));
}

std::map<std::string, double> label_probabilities(std::span<const engine::AnswerScore> scores,
                                                  std::span<const data::Label> labels, LabelLength length) {
  AURIS_CHECK(scores.size() == labels.size());
  const std::vector<double> shares = answer_probabilities(scores, length);
  std::map<std::string, double> probabilities;
  for (size_t i = 0; i < labels.size(); ++i) probabilities[labels[i].name] = shares[i];
  return probabilities;
}

SystemAnswer choose_label(const engine::LanguageModel& model, const processor::ModelInput& prompt,
                          std::span<const data::Label> labels, LabelLength length) {
  std::vector<std::string> names;
  for (const data::Label& label : labels) names.push_back(label.name);
  SystemAnswer answer;
  answer.probabilities = label_probabilities(score_answers(model, prompt, names), labels, length);
  const auto less = [&](const std::string& a, const std::string& b) {
    return answer.probabilities.at(a) < answer.probabilities.at(b);
  };
  answer.answer = *std::max_element(names.begin(), names.end(), less);
  return answer;
}

std::optional<std::span<const data::Label>> choosable_labels(const data::Item& item,
                                                             const std::optional<LabelLength>& length) {
  if (!length) return std::nullopt;
  const data::TaskVariant& variant = data::task_named(item.task).variant(item.variant);
  if (variant.answer != data::AnswerKind::kLabel || variant.labels.empty()) return std::nullopt;
  return std::span<const data::Label>(variant.labels);
}

}  // namespace auris::eval
