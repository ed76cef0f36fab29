#include "auris/eval/judge/judge.h"

namespace auris::eval {
namespace {

std::string reply_line(const JudgeQuestion& question) {
  std::string line = "\nEnd your reply with one line, \"Verdict: \" and one of:";
  for (const std::string& choice : question.choices) line += " " + choice;
  return line;
}

class EndpointJudge : public Judge {
 public:
  EndpointJudge(EndpointOptions endpoint, int max_tokens, double temperature)
      : endpoint_(std::move(endpoint)), max_tokens_(max_tokens), temperature_(temperature) {}

  std::string name() const override { return endpoint_.model(); }

  nlohmann::ordered_json settings() const override {
    return {{"judge", "endpoint"},         {"prompt_version", kJudgePromptVersion},
            {"endpoint", endpoint_.url()}, {"model", endpoint_.model()},
            {"temperature", temperature_}, {"max_tokens", max_tokens_}};
  }

  std::optional<size_t> vote(const JudgeQuestion& question, uint64_t seed) override {
    const ChatReply reply = endpoint_.complete({.system = question.system,
                                                .content = {{.text = question.text + reply_line(question)}},
                                                .max_tokens = max_tokens_,
                                                .temperature = temperature_,
                                                .seed = seed});
    return verdict_in(reply.text, question.choices);
  }

 private:
  ChatEndpoint endpoint_;
  int max_tokens_;
  double temperature_;
};

}  // namespace

std::unique_ptr<Judge> make_endpoint_judge(EndpointOptions endpoint, int max_tokens, double temperature) {
  return std::make_unique<EndpointJudge>(std::move(endpoint), max_tokens, temperature);
}

}  // namespace auris::eval
