// auris eval run: asking a system.

#include <fmt/format.h>

#include "apps/device_flag.h"
#include "apps/endpoint_flags.h"
#include "apps/eval_commands.h"
#include "apps/progress_bar.h"
#include "auris/base/share.h"
#include "auris/eval/run/cascade.h"
#include "auris/eval/run/endpoint_system.h"
#include "auris/eval/run/runner.h"
#include "auris/eval/run/speech_system.h"

namespace auris::apps {
namespace {

struct RunFlags {
  std::string data, output, system = "cascade";
  std::string speech_model = engine::EngineOptions().speech_model;
  std::string language_model = engine::EngineOptions().language_model;
  std::string device = "cpu";
  std::vector<std::string> tasks;
  std::string share = "0/1";
  int64_t limit = 0;
  int max_tokens = eval::CascadeOptions().max_tokens, beam_size = eval::CascadeOptions().beam_size;
  bool constrained = false, retry_failed = false;
  std::string label_length = std::string(name_of(eval::LabelLength::kTotal));
  EndpointFlags endpoint;
  std::string endpoint_input = "audio", transcriber;
};

std::unique_ptr<eval::System> system_of(const Program& program, const RunFlags& flags) {
  if (flags.system == "endpoint") {
    if (flags.constrained) {
      throw Error(ErrorCode::kUsage,
                  {.where = "eval run",
                   .expected = "a model of ours for --constrained",
                   .got = "an endpoint, which does not tell the probabilities of given answers",
                   .hint = ""});
    }
    return eval::make_endpoint_system(endpoint_options(flags.endpoint, program.common),
                                      {.hears = flags.endpoint_input == "audio",
                                       .max_tokens = flags.max_tokens,
                                       .transcriber = flags.transcriber});
  }
  std::optional<eval::LabelLength> constrained;
  if (flags.constrained) constrained = eval::label_length_named(flags.label_length);
  auto engine = engine::Engine::load(
      {.speech_model = flags.speech_model, .language_model = flags.language_model, .device = flags.device});
  if (flags.system == "speech") {
    return eval::make_speech(engine, {.max_tokens = flags.max_tokens, .constrained = constrained});
  }
  return eval::make_cascade(engine, {.oracle = flags.system == "oracle",
                                     .max_tokens = flags.max_tokens,
                                     .beam_size = flags.beam_size,
                                     .constrained = constrained});
}

int run(const Program& program, const RunFlags& flags) {
  const Share share = share_of(flags.share, "eval run");
  const data::ShardReader data(flags.data);
  const std::unique_ptr<eval::System> system = system_of(program, flags);
  eval::PredictionStore store(flags.output);
  ProgressBar bar(program.common);
  eval::RunOptions options;
  for (const std::string& name : flags.tasks) options.tasks.push_back(data::task_named(name).id);
  if (flags.limit > 0) options.limit = flags.limit;
  options.share = share;
  options.retry_failed = flags.retry_failed;
  options.power = [&](const eval::RunPower& power) {
    if (!program.common.quiet) fmt::print(stderr, "{}", to_text(power));
  };
  options.progress = [&](int64_t done, int64_t all) {
    bar.update(static_cast<double>(done) / static_cast<double>(std::max<int64_t>(all, 1)),
               fmt::format("{} of {} items", done, all));
    return !interrupted();
  };
  const eval::RunReport report = run_system(data, *system, store, options);
  bar.clear();
  if (program.common.json) {
    print_json_line({{"predictions", flags.output},
                     {"system", system->name()},
                     {"items", report.items},
                     {"asked", report.asked},
                     {"reused", report.reused},
                     {"failed", report.failed},
                     {"unreachable", report.unreachable},
                     {"damaged", report.damaged},
                     {"seconds", report.seconds}});
  } else {
    print_line(fmt::format("{}: {} items, {} asked, {} reused, {} failed, {} damaged, {:.1f} s", flags.output,
                           report.items, report.asked, report.reused, report.failed, report.damaged,
                           report.seconds));
  }
  return 0;
}

void add_system_flags(CLI::App* command, RunFlags& flags) {
  command
      ->add_option("--system", flags.system,
                   "cascade: recognizer and language model; oracle: true texts and language model; speech: a "
                   "language model that hears; endpoint: a server")
      ->check(CLI::IsMember({"cascade", "oracle", "speech", "endpoint"}))
      ->capture_default_str();
  command->add_option("--speech-model", flags.speech_model, "Recognizer of the cascade")
      ->capture_default_str();
  command->add_option("-m,--model", flags.language_model, "Language model")->capture_default_str();
  add_device_flag(*command, flags.device);
  command->add_option("--max-tokens", flags.max_tokens, "Longest answer")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--beam-size", flags.beam_size, "Beams of the recognizer")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--constrained", flags.constrained,
                    "Closed questions: choose the likeliest label and keep the probabilities of all");
  command
      ->add_option(
          "--label-length", flags.label_length,
          "Probability of a label: total = of all its tokens and the end of the answer; mean = their "
          "geometric mean, so that long labels are not less probable")
      ->check(CLI::IsMember({"total", "mean"}))
      ->capture_default_str();
  add_endpoint_flags(command, flags.endpoint);
  command
      ->add_option("--endpoint-input", flags.endpoint_input,
                   "What the server gets: audio, or text = what was truly said")
      ->check(CLI::IsMember({"audio", "text"}))
      ->capture_default_str();
  command
      ->add_option(
          "--endpoint-transcriber", flags.transcriber,
          "A model of the server's /audio/transcriptions that answers where words are to be written down")
      ->type_name("NAME");
}

}  // namespace

void add_eval_run(Program& program, CLI::App* group) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = program.add_command(
      "run", "Ask a system all items of a data set", [&program, flags] { return run(program, *flags); },
      group);
  command->add_option("data", flags->data, "Folder of the data set (auris data build eval)")
      ->required()
      ->type_name("FOLDER");
  command
      ->add_option("-o,--output", flags->output,
                   "Predictions, JSON lines; what is there already is not asked again")
      ->required()
      ->type_name("FILE");
  command->add_option("--task", flags->tasks, "Only these tasks: ids or abbreviations")->type_name("TASK...");
  command->add_option("--limit", flags->limit, "At most so many items of each task, source and configuration")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--shard", flags->share,
                   "Only part i of n, for several processes with a file each; auris eval merge joins them")
      ->type_name("i/n")
      ->capture_default_str();
  command->add_flag("--retry-failed", flags->retry_failed, "Ask again what ended in an error");
  add_system_flags(command, *flags);
  command->footer(
      "What was interrupted goes on with the same command. Examples:\n"
      "  auris eval run eval -o cascade.jsonl\n"
      "  auris eval run eval -o server.jsonl --system endpoint --endpoint http://127.0.0.1:8000/v1 "
      "--endpoint-model qwen2-audio");
}

}  // namespace auris::apps
