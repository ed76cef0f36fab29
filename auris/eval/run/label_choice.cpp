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

std::vector<std::string> names_of(const data::Label& label) {
  std::vector<std::string> names{label.name};
  for (const std::string& alias : label.aliases) {
    if (std::find(names.begin(), names.end(), alias) == names.end()) names.push_back(alias);
  }
  return names;
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

std::vector<std::string> names_of(std::span<const data::Label> labels) {
  std::vector<std::string> all;
  for (const data::Label& label : labels) {
    for (std::string& name : names_of(label)) all.push_back(std::move(name));
  }
  return all;
}

std::map<std::string, double> label_probabilities(std::span<const engine::AnswerScore> scores,
                                                  std::span<const data::Label> labels, LabelLength length) {
  const std::vector<double> shares = answer_probabilities(scores, length);
  std::map<std::string, double> probabilities;
  size_t next = 0;
  double all = 0;
  for (const data::Label& label : labels) {
    double& sum = probabilities[label.name];
    const size_t names = names_of(label).size();
    AURIS_CHECK(next + names <= shares.size());
    for (const size_t end = next + names; next < end; ++next) {
      sum = length == LabelLength::kTotal ? sum + shares[next] : std::max(sum, shares[next]);
    }
    all += sum;
  }
  AURIS_CHECK(next == shares.size());
  for (auto& [name, probability] : probabilities) probability /= all;
  return probabilities;
}

SystemAnswer choose_label(const engine::LanguageModel& model, const processor::ModelInput& prompt,
                          std::span<const data::Label> labels, LabelLength length) {
  SystemAnswer answer;
  answer.probabilities = label_probabilities(score_answers(model, prompt, names_of(labels)), labels, length);
  const auto less = [&](const data::Label& a, const data::Label& b) {
    return answer.probabilities.at(a.name) < answer.probabilities.at(b.name);
  };
  answer.answer = std::max_element(labels.begin(), labels.end(), less)->name;
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
