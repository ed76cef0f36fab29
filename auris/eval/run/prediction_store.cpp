#include "auris/eval/run/prediction_store.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"

namespace auris::eval {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json to_json(const Prediction& prediction) {
  ordered_json out = {{"key", prediction.key}, {"item", prediction.item}, {"answer", prediction.answer}};
  if (!prediction.transcript.empty()) out["transcript"] = prediction.transcript;
  if (!prediction.error.empty()) out["error"] = prediction.error;
  if (prediction.truncated) out["truncated"] = true;
  out["seconds"] = prediction.seconds;
  if (!prediction.probabilities.empty()) out["probabilities"] = prediction.probabilities;
  return out;
}

std::map<std::string, double> probabilities_from(const JsonFields& fields) {
  std::map<std::string, double> probabilities;
  if (!fields.has("probabilities")) return probabilities;
  const JsonFields labels = fields.object("probabilities");
  for (const auto& [label, value] : labels.json().items()) {
    probabilities[label] = labels.number(label, {0, 1});
  }
  return probabilities;
}

Prediction prediction_from(const json& value) {
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

}  // namespace

PredictionStore::PredictionStore(const std::filesystem::path& path)
    : file_(path, "predictions", ErrorCode::kInput, [this](std::string_view line) { take_line(line); }) {}

const Prediction* PredictionStore::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

void PredictionStore::take_line(std::string_view line) {
  try {
    const json value = parse_json(line, "prediction", ErrorCode::kInput, {.max_depth = 16});
    if (value.is_object() && value.size() == 1 && value.contains("settings")) {
      settings_ = ordered_json::parse(line).at("settings");
      return;
    }
    Prediction prediction = prediction_from(value);
    by_key_[prediction.key] = std::move(prediction);
  } catch (const Error&) {
    ++damaged_lines_;
  }
}

void PredictionStore::begin(const ordered_json& settings) {
  if (settings.dump() == settings_.dump()) return;
  file_.add(json_line({{"settings", settings}}));
  settings_ = settings;
}

void PredictionStore::add(const Prediction& prediction) {
  file_.add(json_line(to_json(prediction)));
  by_key_[prediction.key] = prediction;
}

}  // namespace auris::eval
