// auris score: how probable a model finds a continuation, token by token.

#include <fmt/format.h>

#include "apps/device_flag.h"
#include "apps/program.h"
#include "apps/recording.h"
#include "auris/engine/score.h"
#include "auris/tensor/backend/open_device.h"
#include "auris/weights/catalog.h"

namespace auris::apps {
namespace {

struct ScoreFlags {
  std::string model = "smollm2-135m-instruct";
  engine::ScoreRequest request;
  std::vector<std::string> recordings;
  std::string device = "cpu";
  RecordingFlags recording;
};

int score(Program& program, const ScoreFlags& flags) {
  const Device device = open_device(flags.device);
  auto model = engine::load_language_model(weights::Catalog::load().resolve(flags.model), flags.model,
                                           {.device = device}, device);
  engine::ScoreRequest request = flags.request;
  for (const std::string& file : flags.recordings)
    request.audio.push_back(read_shared_recording(file, flags.recording));
  engine::Score score = engine::score(*model, request);
  if (program.common.json) {
    print_json_line({{"model", flags.model},
                     {"prompt_tokens", score.prompt_tokens},
                     {"tokens", score.tokens},
                     {"logprobs", score.logprobs},
                     {"sum", score.sum}});
    return 0;
  }
  for (size_t i = 0; i < score.tokens.size(); ++i) {
    print_line(fmt::format("{:8} {:10.4f}  {}", score.tokens[i], score.logprobs[i],
                           quoted(model->tokenizer->piece(score.tokens[i]))));
  }
  print_line(fmt::format("sum {:.4f}, perplexity {:.4f}", score.sum,
                         std::exp(-score.sum / static_cast<double>(score.tokens.size()))));
  return 0;
}

}  // namespace

void add_score(Program& program) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = program.add_command("score", "Log-probability of a continuation",
                                          [&program, flags] { return score(program, *flags); });
  command->add_option("-m,--model,--language-model", flags->model, "A catalog name, file or folder")
      ->capture_default_str();
  command->add_option("--prompt", flags->request.prompt,
                      "What comes before; to a model that hears, <audio> marks each recording");
  command->add_option("--continuation", flags->request.continuation, "What is scored")->required();
  command->add_option("--audio", flags->recordings, "Recordings for the marks <audio>, in order")
      ->type_name("FILE");
  add_recording_flags(*command, flags->recording);
  add_device_flag(*command, flags->device);
  command->add_flag("--template", flags->request.use_template,
                    "The prompt is a user's turn in the model's chat template");
  command->footer(
      "Example: auris score --prompt \"The capital of France is\" --continuation \" Paris\" --json\n"
      "With --json, prompt_tokens has -1 for every row of sound.");
}

}  // namespace auris::apps
