// auris eval judge: asking a judge about answers.

#include <fmt/format.h>

#include "apps/device_flag.h"
#include "apps/endpoint_flags.h"
#include "apps/eval_commands.h"
#include "apps/progress_bar.h"
#include "auris/base/json_number.h"
#include "auris/engine/engine.h"
#include "auris/eval/judge/judge_run.h"
#include "auris/eval/run/answers.h"
#include "auris/tensor/backend/open_device.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::apps {
namespace {

struct JudgeFlags {
  std::string data, predictions, against, output, judge = "local";
  std::string model = engine::EngineOptions().language_model;
  std::string device = "cpu";
  std::vector<std::string> tasks;
  int votes = eval::JudgeOptions().votes, max_tokens = 512;
  double temperature = eval::kJudgeTemperature;
  EndpointFlags endpoint;
};

std::unique_ptr<eval::Judge> judge_of(const Program& program, const JudgeFlags& flags) {
  if (flags.judge == "endpoint") {
    return eval::make_endpoint_judge(endpoint_options(flags.endpoint, program.common), flags.max_tokens,
                                     flags.temperature);
  }
  const std::filesystem::path files = weights::Catalog::load().resolve(flags.model);
  const Device device = open_device(flags.device);
  return eval::make_local_judge(engine::load_language_model(files, flags.model, {.device = device}, device),
                                weights::model_fingerprint(files), flags.temperature);
}

void print_report(const Program& program, const JudgeFlags& flags, const std::string& name,
                  const eval::JudgeReport& report) {
  const bool pairs = !flags.against.empty();
  if (program.common.json) {
    print_json_line({{"judgements", flags.output},
                     {"judge", name},
                     {"items", report.items},
                     {"asked", report.asked},
                     {"reused", report.reused},
                     {"decided", report.decided},
                     {"failed", report.failed},
                     {"no_verdict", report.no_verdict},
                     {"order_dependent", report.order_dependent},
                     {pairs ? "first_preferred" : "score", json_number(report.score.value)},
                     {"low", json_number(report.score.interval.low)},
                     {"high", json_number(report.score.interval.high)},
                     {"fleiss_kappa", json_number(report.fleiss)},
                     {"quadratic_kappa", json_number(report.quadratic)}});
    return;
  }
  print_line(fmt::format("{}: {} items, {} asked, {} reused, {} decided without asking, {} failed",
                         flags.output, report.items, report.asked, report.reused, report.decided,
                         report.failed));
  print_line(fmt::format("{} {:.2f} % [{:.2f}, {:.2f}]", pairs ? "first answer preferred" : "score",
                         100 * report.score.value, 100 * report.score.interval.low,
                         100 * report.score.interval.high));
  print_line(
      fmt::format("agreement of votes: Fleiss' kappa {:.3f}{}; {} votes without a verdict{}", report.fleiss,
                  pairs ? "" : fmt::format(", quadratic kappa {:.3f}", report.quadratic), report.no_verdict,
                  pairs ? fmt::format(", {} changed with the order", report.order_dependent) : ""));
}

int run(const Program& program, const JudgeFlags& flags) {
  const data::ShardReader data(flags.data);
  const std::vector<eval::AnsweredItem> first = eval::read_answers(data, flags.predictions).items;
  const std::unique_ptr<eval::Judge> judge = judge_of(program, flags);
  eval::JudgementStore store(flags.output);
  ProgressBar bar(program.common);
  eval::JudgeOptions options{.votes = flags.votes};
  for (const std::string& name : flags.tasks) options.tasks.push_back(data::task_named(name).id);
  options.progress = [&](int64_t done, int64_t all) {
    bar.update(static_cast<double>(done) / static_cast<double>(std::max<int64_t>(all, 1)),
               fmt::format("{} of {} answers", done, all));
    return !interrupted();
  };
  const eval::JudgeReport report =
      flags.against.empty()
          ? judge_answers(first, *judge, store, options)
          : judge_pairs(first, eval::read_answers(data, flags.against).items, *judge, store, options);
  bar.clear();
  print_report(program, flags, judge->name(), report);
  return 0;
}

}  // namespace

void add_eval_judge(Program& program, CLI::App* group) {
  auto flags = std::make_shared<JudgeFlags>();
  CLI::App* command = program.add_command(
      "judge", "Let a language model grade answers, or compare those of two systems",
      [&program, flags] { return run(program, *flags); }, group);
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("predictions", flags->predictions, "File of auris eval run")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("-o,--output", flags->output,
                   "Judgements, JSON lines; what is there already is not judged again")
      ->required()
      ->type_name("FILE");
  command->add_option("--against", flags->against, "Predictions of another system, to be compared with")
      ->type_name("FILE");
  command->add_option("--judge", flags->judge, "local: a model of ours; endpoint: one of a server")
      ->check(CLI::IsMember({"local", "endpoint"}))
      ->capture_default_str();
  command->add_option("-m,--model", flags->model, "The local judge")->capture_default_str();
  add_device_flag(*command, flags->device);
  command->add_option("--task", flags->tasks, "Only these tasks; else all that are scored by a judge")
      ->type_name("TASK...");
  command->add_option("--votes", flags->votes, "Votes on each answer")
      ->check(CLI::Range(1, 99))
      ->capture_default_str();
  command->add_option("--temperature", flags->temperature, "How much votes differ by chance; 0 = not at all")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command->add_option("--max-tokens", flags->max_tokens, "Longest reply of the server")
      ->check(CLI::Range(1, 16384))
      ->capture_default_str();
  add_endpoint_flags(command, flags->endpoint);
  command->footer(
      "Grades go into the scores by `auris eval score --judgements FILE`. Example:\n"
      "  auris eval judge eval cascade.jsonl -o grades.jsonl");
}

}  // namespace auris::apps
