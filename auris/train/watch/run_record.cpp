#include "auris/train/watch/run_record.h"

#include <array>
#include <cmath>
#include <limits>

#include "auris/base/json_fields.h"
#include "auris/base/json_number.h"

namespace auris::train {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMost = std::numeric_limits<double>::max();

ordered_json figures_json(const std::map<std::string, double>& figures) {
  ordered_json out = ordered_json::object();
  for (const auto& [name, value] : figures) out[name] = json_number(value);
  return out;
}

double number_in(const JsonFields& fields, std::string_view key) {
  return fields.number(key, {-kMost, kMost}, kNan);
}

int64_t count_in(const JsonFields& fields, std::string_view key) {
  return fields.integer(key, {0, INT64_MAX});
}

std::map<std::string, double> figures_in(const JsonFields& fields, std::string_view key) {
  const JsonFields object = fields.object(key);
  std::map<std::string, double> figures;
  for (const auto& [name, value] : object.json().items()) figures[name] = number_in(object, name);
  return figures;
}

ordered_json json_of(const StepRecord& record) {
  return {{"step", record.step},
          {"time_s", json_number(record.time_s)},
          {"loss", json_number(record.loss)},
          {"losses", figures_json(record.losses)},
          {"token_accuracy", json_number(record.token_accuracy)},
          {"learning_rates", figures_json(record.learning_rates)},
          {"gradient_norm", json_number(record.gradient_norm)},
          {"examples", record.examples},
          {"lost_examples", record.lost_examples},
          {"tokens", record.tokens},
          {"audio_s", json_number(record.audio_s)},
          {"step_s", json_number(record.step_s)},
          {"wait_s", json_number(record.wait_s)},
          {"projector_rms", json_number(record.projector_rms)},
          {"embedding_rms", json_number(record.embedding_rms)}};
}

ordered_json json_of(const EvaluationRecord& record) {
  return {{"evaluation", record.step},
          {"time_s", json_number(record.time_s)},
          {"loss", json_number(record.loss)},
          {"token_accuracy", json_number(record.token_accuracy)},
          {"losses", figures_json(record.losses)}};
}

StepRecord step_from(const JsonFields& fields) {
  constexpr std::array<std::string_view, 15> kFields{
      "step",           "time_s",        "loss",     "losses",        "token_accuracy",
      "learning_rates", "gradient_norm", "examples", "lost_examples", "tokens",
      "audio_s",        "step_s",        "wait_s",   "projector_rms", "embedding_rms"};
  fields.allow(kFields);
  return {.step = count_in(fields, "step"),
          .time_s = number_in(fields, "time_s"),
          .loss = number_in(fields, "loss"),
          .losses = figures_in(fields, "losses"),
          .token_accuracy = number_in(fields, "token_accuracy"),
          .learning_rates = figures_in(fields, "learning_rates"),
          .gradient_norm = number_in(fields, "gradient_norm"),
          .examples = count_in(fields, "examples"),
          .lost_examples = count_in(fields, "lost_examples"),
          .tokens = count_in(fields, "tokens"),
          .audio_s = number_in(fields, "audio_s"),
          .step_s = number_in(fields, "step_s"),
          .wait_s = number_in(fields, "wait_s"),
          .projector_rms = number_in(fields, "projector_rms"),
          .embedding_rms = number_in(fields, "embedding_rms")};
}

EvaluationRecord evaluation_from(const JsonFields& fields) {
  constexpr std::array<std::string_view, 5> kFields{"evaluation", "time_s", "loss", "token_accuracy",
                                                    "losses"};
  fields.allow(kFields);
  return {.step = count_in(fields, "evaluation"),
          .time_s = number_in(fields, "time_s"),
          .loss = number_in(fields, "loss"),
          .token_accuracy = number_in(fields, "token_accuracy"),
          .losses = figures_in(fields, "losses")};
}

std::map<std::string, double> curves(const StepRecord& record) {
  std::map<std::string, double> curves{
      {"loss", record.loss},
      {"token_accuracy", record.token_accuracy},
      {"gradient_norm", record.gradient_norm},
      {"audio_s_per_s", record.audio_s / record.step_s},
      {"tokens_per_s", static_cast<double>(record.tokens) / record.step_s},
      {"waiting_share", record.wait_s / record.step_s},
      {"projector_over_embedding_rms", record.projector_rms / record.embedding_rms}};
  for (const auto& [name, loss] : record.losses) curves["loss/" + name] = loss;
  for (const auto& [name, rate] : record.learning_rates) curves["learning_rate/" + name] = rate;
  return curves;
}

std::map<std::string, double> curves(const EvaluationRecord& record) {
  std::map<std::string, double> curves{{"evaluation/loss", record.loss},
                                       {"evaluation/token_accuracy", record.token_accuracy}};
  for (const auto& [name, loss] : record.losses) curves["evaluation/loss/" + name] = loss;
  return curves;
}

}  // namespace

ordered_json to_json(const RunRecord& record) {
  return std::visit([](const auto& one) { return json_of(one); }, record);
}

RunRecord run_record_from(const json& value) {
  const JsonFields fields(value, "record of a run", ErrorCode::kInput);
  if (fields.has("evaluation")) return evaluation_from(fields);
  return step_from(fields);
}

std::map<std::string, double> curves_of(const RunRecord& record) {
  return std::visit([](const auto& one) { return curves(one); }, record);
}

}  // namespace auris::train
