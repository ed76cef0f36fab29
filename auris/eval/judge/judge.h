#pragma once
// Who judges: a language model of ours or one of a server.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/engine/language_model.h"
#include "auris/eval/endpoint/chat_endpoint.h"
#include "auris/eval/judge/judge_question.h"

namespace auris::eval {

// Votes of one judge differ by chance; without it three votes would be one.
inline constexpr double kJudgeTemperature = 0.5;

class Judge {
 public:
  virtual ~Judge() = default;

  virtual std::string name() const = 0;
  // All that could change a vote.
  virtual nlohmann::ordered_json settings() const = 0;
  // The number of a choice; nothing if the judge gave no verdict. kInput for a question that it cannot
  // answer, kNetwork while it is out of reach.
  virtual std::optional<size_t> vote(const JudgeQuestion& question, uint64_t seed) = 0;
};

// Draws from the probabilities of the choices as whole replies (eval/run/label_choice.h), so that every vote
// is a verdict. `fingerprint`: model_fingerprint() of its files.
std::unique_ptr<Judge> make_local_judge(std::shared_ptr<const engine::LanguageModel> model,
                                        const std::string& fingerprint,
                                        double temperature = kJudgeTemperature);

// May reason before its last line.
std::unique_ptr<Judge> make_endpoint_judge(EndpointOptions endpoint, int max_tokens = 512,
                                           double temperature = kJudgeTemperature);

}  // namespace auris::eval
