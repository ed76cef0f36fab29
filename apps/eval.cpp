// auris eval ...: asking systems, scoring their answers.

#include <algorithm>

#include <fmt/format.h>

#include "apps/eval_commands.h"
#include "apps/progress_bar.h"
#include "auris/base/log.h"
#include "auris/eval/run/answers.h"
#include "auris/eval/run/cascade.h"
#include "auris/eval/run/runner.h"
#include "auris/eval/score/scorer.h"

namespace auris::apps {
namespace {

struct RunFlags {
  std::string data, output, system = "cascade";
  std::string speech_model = engine::EngineOptions().speech_model;
  std::string language_model = engine::EngineOptions().language_model;
  std::vector<std::string> tasks;
  int64_t limit = 0;
  int max_tokens = eval::CascadeOptions().max_tokens, beam_size = eval::CascadeOptions().beam_size;
};

int run(const Program& program, const RunFlags& flags) {
  const data::ShardReader data(flags.data);
  auto engine =
      engine::Engine::load({.speech_model = flags.speech_model, .language_model = flags.language_model});
  const auto system = eval::make_cascade(
      engine,
      {.oracle = flags.system == "oracle", .max_tokens = flags.max_tokens, .beam_size = flags.beam_size});
  eval::PredictionStore store(flags.output);
  ProgressBar bar(program.common);
  eval::RunOptions options;
  for (const std::string& name : flags.tasks) options.tasks.push_back(data::task_named(name).id);
  if (flags.limit > 0) options.limit = flags.limit;
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
                     {"damaged", report.damaged},
                     {"seconds", report.seconds}});
  } else {
    print_line(fmt::format("{}: {} items, {} asked, {} reused, {} failed, {} damaged, {:.1f} s", flags.output,
                           report.items, report.asked, report.reused, report.failed, report.damaged,
                           report.seconds));
  }
  return 0;
}

std::string in_percent(const eval::MetricValue& metric) {
  const bool rate = metric.metric != "mae" && metric.metric != "score_mae" && metric.metric != "bleu" &&
                    metric.metric != "chrf";
  const double factor = rate ? 100 : 1;
  return fmt::format("{:6.2f} [{:6.2f}, {:6.2f}]", factor * metric.value, factor * metric.interval.low,
                     factor * metric.interval.high);
}

struct ScoreFlags {
  std::string data, predictions, mode = "corrected";
};

void print_totals(const Program& program, const ScoreFlags& flags, const eval::AnswerSet& answers) {
  const auto answered = std::count_if(answers.items.begin(), answers.items.end(),
                                      [](const eval::AnsweredItem& item) { return item.answer.has_value(); });
  const auto items = std::ssize(answers.items), damaged = std::ssize(answers.damaged);
  if (program.common.json) {
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (const data::Rejection& rejection : answers.damaged) names.push_back(to_json(rejection));
    print_json_line({{"mode", flags.mode},
                     {"items", items + damaged},
                     {"answered", answered},
                     {"missing", items - answered},
                     {"damaged", damaged},
                     {"damaged_items", std::move(names)},
                     {"damaged_lines", answers.damaged_lines}});
    return;
  }
  print_line(fmt::format("{} items: {} answered, {} missing, {} damaged; {} damaged lines of predictions",
                         items + damaged, answered, items - answered, damaged, answers.damaged_lines));
}

int score(const Program& program, const ScoreFlags& flags) {
  const data::ShardReader data(flags.data);
  const eval::AnswerSet answers = eval::read_answers(data, flags.predictions);
  for (const data::Rejection& rejection : answers.damaged) {
    log(LogLevel::kWarning, "{}: {}", rejection.what, rejection.detail);
  }
  const std::vector<eval::GroupScore> scores =
      eval::score(answers.items, {.mode = eval::score_mode_named(flags.mode)});
  if (!program.common.json) {
    print_line(fmt::format("{:5} {:14} {:11} {:>5} {:>7} {:>9}  {}", "task", "source", "asked by", "items",
                           "missing", "abstained", "score with 95 % interval"));
  }
  for (const eval::GroupScore& group : scores) {
    if (program.common.json) {
      print_json_line(to_json(group));
      continue;
    }
    const auto abstained = group.details.find("abstained");
    std::string metrics;
    for (const eval::MetricValue& metric : group.metrics) {
      metrics += fmt::format("{}{} {}", metrics.empty() ? "" : "  ", metric.metric, in_percent(metric));
    }
    print_line(fmt::format(
        "{:5} {:14} {:11} {:5} {:7} {:>9}  {}", group.abbreviation, group.variant,
        data::name_of(group.configuration), group.items, group.missing,
        abstained == group.details.end() ? "-" : fmt::format("{:.1f} %", 100 * abstained->second), metrics));
  }
  print_totals(program, flags, answers);
  return 0;
}

void add_run(Program& program, CLI::App* group) {
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
  command
      ->add_option("--system", flags->system,
                   "cascade: recognizer and language model; oracle: true texts and language model")
      ->check(CLI::IsMember({"cascade", "oracle"}))
      ->capture_default_str();
  command->add_option("--speech-model", flags->speech_model, "Recognizer of the cascade")
      ->capture_default_str();
  command->add_option("-m,--model", flags->language_model, "Language model")->capture_default_str();
  command->add_option("--task", flags->tasks, "Only these tasks: ids or abbreviations")->type_name("TASK...");
  command->add_option("--limit", flags->limit, "At most so many items of each task, source and configuration")
      ->check(CLI::PositiveNumber);
  command->add_option("--max-tokens", flags->max_tokens, "Longest answer")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--beam-size", flags->beam_size, "Beams of the recognizer")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->footer(
      "What was interrupted goes on with the same command. Example: auris eval run eval -o cascade.jsonl");
}

}  // namespace

void add_eval(Program& program) {
  CLI::App* group = program.add_group("eval", "Evaluate systems on data sets");
  add_run(program, group);
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = program.add_command(
      "score", "Score predictions, with confidence intervals",
      [&program, flags] { return score(program, *flags); }, group);
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("predictions", flags->predictions, "File of auris eval run")
      ->required()
      ->type_name("FILE");
  add_score_mode(command, flags->mode);
  add_eval_compare(program, group);
  add_eval_import(program, group);
  add_eval_report(program, group);
}

void add_score_mode(CLI::App* command, std::string& mode) {
  command
      ->add_option("--mode", mode,
                   "corrected, or llaso: as LLaSO's released scripts score, defects included, for comparison")
      ->check(CLI::IsMember({"corrected", "llaso"}))
      ->capture_default_str();
}

}  // namespace auris::apps
