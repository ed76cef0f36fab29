#pragma once
// What a run tells of each step and each evaluation: one JSON object a line, from which its progress line,
// its curves and its warnings are made.

#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include <nlohmann/json.hpp>

namespace auris::train {

// Figures that are not known are NaN, and null in JSON; so is what became infinite.
struct StepRecord {
  int64_t step = 0;                                   // steps done, this one included
  double time_s = 0;                                  // when it was done: seconds since 1970
  double loss = 0;                                    // the weighted sum of all objectives
  std::map<std::string, double> losses = {};          // of each objective, unweighted
  double token_accuracy = 0;                          // share of answer tokens that were the likeliest
  std::map<std::string, double> learning_rates = {};  // of each part
  double gradient_norm = 0;                           // of all gradients together, before clipping
  int64_t examples = 0, lost_examples = 0;            // learned from; that could not be loaded
  int64_t tokens = 0;                                 // rows of sound and text
  double audio_s = 0;
  double step_s = 0;                            // the whole step took, waiting included
  double wait_s = 0;                            // of it for data
  double projector_rms = 0, embedding_rms = 0;  // root mean squares of rows of sound, and of embedded text

  bool operator==(const StepRecord&) const = default;
};

struct EvaluationRecord {
  int64_t step = 0;
  double time_s = 0;
  double loss = 0;
  double token_accuracy = 0;
  std::map<std::string, double> losses = {};  // of each set

  bool operator==(const EvaluationRecord&) const = default;
};

using RunRecord = std::variant<StepRecord, EvaluationRecord>;

inline int64_t step_of(const RunRecord& record) {
  return std::visit([](const auto& one) { return one.step; }, record);
}
inline double time_of(const RunRecord& record) {
  return std::visit([](const auto& one) { return one.time_s; }, record);
}

nlohmann::ordered_json to_json(const RunRecord& record);
// kInput, naming the field, for anything that is no record.
RunRecord run_record_from(const nlohmann::json& json);

// All its figures by the names of their curves: "loss", "loss/answer", "token_accuracy",
// "learning_rate/projector", "gradient_norm", "audio_s_per_s", "tokens_per_s", "waiting_share",
// "projector_over_embedding_rms", "evaluation/loss", "evaluation/loss/SET", "evaluation/token_accuracy".
std::map<std::string, double> curves_of(const RunRecord& record);

}  // namespace auris::train
