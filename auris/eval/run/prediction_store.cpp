#include "auris/eval/run/prediction_store.h"

#include "auris/base/json_fields.h"

namespace auris::eval {
namespace {

std::map<std::string, double> probabilities_from(const JsonFields& fields) {
  std::map<std::string, double> probabilities;
  if (!fields.has("probabilities")) return probabilities;
  const JsonFields labels = fields.object("probabilities");
  for (const auto& [label, value] : labels.json().items()) {
    probabilities[label] = labels.number(label, {0, 1});
  }
  return probabilities;
}

}  // namespace

nlohmann::ordered_json PredictionForm::to_json(const Prediction& prediction) {
  nlohmann::ordered_json out = {
      {"key", prediction.key}, {"item", prediction.item}, {"answer", prediction.answer}};
  if (!prediction.transcript.empty()) out["transcript"] = prediction.transcript;
  if (!prediction.error.empty()) out["error"] = prediction.error;
  if (prediction.truncated) out["truncated"] = true;
  out["seconds"] = prediction.seconds;
  if (!prediction.probabilities.empty()) out["probabilities"] = prediction.probabilities;
  return out;
}

Prediction PredictionForm::from_json(const nlohmann::json& value) {
  const JsonFields fields(value, "prediction", ErrorCode::kInput);
  return {.key = fields.text("key"),
          .item = fields.text("item"),
          .answer = fields.text("answer"),
          .transcript = fields.text("transcript", ""),
          .error = fields.text("error", ""),
          .truncated = fields.flag("truncated", false),
          .seconds = fields.number("seconds", {0, 1e9}, 0.0),
          .probabilities = probabilities_from(fields)};
}

}  // namespace auris::eval
