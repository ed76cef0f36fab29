#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/eval/judge/judge.h"
#include "auris/eval/run/label_choice.h"

namespace auris::eval {
namespace {

std::string reply_line(const JudgeQuestion& question) {
  std::string line = "\nReply with the verdict alone, one of:";
  for (const std::string& choice : question.choices) line += " " + choice;
  return line;
}

class LocalJudge : public Judge {
 public:
  LocalJudge(std::shared_ptr<const engine::LanguageModel> model, std::string fingerprint, double temperature)
      : model_(std::move(model)), fingerprint_(std::move(fingerprint)), temperature_(temperature) {}

  std::string name() const override { return model_->name; }

  nlohmann::ordered_json settings() const override {
    nlohmann::ordered_json settings = {{"judge", "local"},
                                       {"prompt_version", kJudgePromptVersion},
                                       {"model", model_->name},
                                       {"model_hash", fingerprint_},
                                       {"temperature", temperature_}};
    if (model_->device != Device::kCpu) settings["device"] = auris::name_of(model_->device);
    return settings;
  }

  std::optional<size_t> vote(const JudgeQuestion& question, uint64_t seed) override {
    const std::vector<double>& likely = probabilities(question);
    if (temperature_ <= 0) {
      return static_cast<size_t>(std::max_element(likely.begin(), likely.end()) - likely.begin());
    }
    std::vector<double> weights;
    weights.reserve(likely.size());
    for (double p : likely) weights.push_back(std::pow(p, 1 / temperature_));
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    double place = Rng(stable_hash(question.text, seed)).uniform() * all;
    for (size_t i = 0; i + 1 < weights.size(); ++i) {
      if ((place -= weights[i]) < 0) return i;
    }
    return weights.size() - 1;
  }

 private:
  // Votes on the same question need the model once.
  const std::vector<double>& probabilities(const JudgeQuestion& question) {
    constexpr size_t kKept = 4;
    const auto known = known_.find(question.text);
    if (known != known_.end()) return known->second;
    if (known_.size() >= kKept) known_.clear();
    // In one turn: not every model's template knows a system message.
    const std::string text = question.system + "\n\n" + question.text + reply_line(question);
    const processor::ModelInput prompt = model_->prompt_of({{"user", text, {}}});
    return known_[question.text] =
               answer_probabilities(score_answers(*model_, prompt, question.choices), LabelLength::kTotal);
  }

  std::shared_ptr<const engine::LanguageModel> model_;
  std::string fingerprint_;
  double temperature_;
  std::map<std::string, std::vector<double>> known_;
};

}  // namespace

std::unique_ptr<Judge> make_local_judge(std::shared_ptr<const engine::LanguageModel> model,
                                        const std::string& fingerprint, double temperature) {
  return std::make_unique<LocalJudge>(std::move(model), fingerprint, temperature);
}

}  // namespace auris::eval
