// auris eval ...: scoring the answers of systems.

#include <algorithm>

#include <fmt/format.h>

#include "apps/eval_commands.h"
#include "auris/base/log.h"
#include "auris/eval/judge/judge_run.h"
#include "auris/eval/run/answers.h"
#include "auris/eval/score/overall.h"
#include "auris/eval/score/overall_interval.h"
#include "auris/eval/score/scorer.h"

namespace auris::apps {
namespace {

std::string in_percent(const eval::MetricValue& metric) {
  const bool rate = metric.metric != "mae" && metric.metric != "score_mae" && metric.metric != "bleu" &&
                    metric.metric != "chrf" && metric.metric != "brier";
  const double factor = rate ? 100 : 1;
  return fmt::format("{:6.2f} [{:6.2f}, {:6.2f}]", factor * metric.value, factor * metric.interval.low,
                     factor * metric.interval.high);
}

struct ScoreFlags {
  std::string data, predictions, judgements, mode = "corrected";
};

// The overall score, whose formula knows the corrected metrics only.
void print_totals(const Program& program, const ScoreFlags& flags, const eval::AnswerSet& answers) {
  const bool has_overall = eval::score_mode_named(flags.mode) == eval::ScoreMode::kCorrected;
  const eval::BootstrapEstimate overall =
      has_overall ? eval::overall_estimate(answers.items) : eval::BootstrapEstimate();
  const auto answered = std::count_if(answers.items.begin(), answers.items.end(),
                                      [](const eval::AnsweredItem& item) { return item.answer.has_value(); });
  const auto items = std::ssize(answers.items), damaged = std::ssize(answers.damaged);
  if (program.common.json) {
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (const data::Rejection& rejection : answers.damaged) names.push_back(to_json(rejection));
    nlohmann::ordered_json totals = {{"mode", flags.mode},
                                     {"items", items + damaged},
                                     {"answered", answered},
                                     {"missing", items - answered},
                                     {"damaged", damaged},
                                     {"damaged_items", std::move(names)},
                                     {"damaged_lines", answers.damaged_lines}};
    if (has_overall) totals["overall"] = overall_json(overall);
    print_json_line(totals);
    return;
  }
  if (has_overall) {
    print_line(
        fmt::format("overall {:.1f} [{:.1f}, {:.1f}] points of 100 ({}; 95 % interval over {} blocks, {})",
                    overall.value, overall.interval.low, overall.interval.high, eval::kOverallFormula,
                    overall.blocks, eval::kOverallInterval));
  }
  print_line(fmt::format("{} items: {} answered, {} missing, {} damaged; {} damaged lines of predictions",
                         items + damaged, answered, items - answered, damaged, answers.damaged_lines));
}

int score(const Program& program, const ScoreFlags& flags) {
  const data::ShardReader data(flags.data);
  eval::AnswerSet answers = eval::read_answers(data, flags.predictions);
  if (!flags.judgements.empty()) add_judgements(answers.items, eval::read_judgements(flags.judgements));
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
    for (const auto* values : {&group.metrics, &group.calibration}) {
      for (const eval::MetricValue& metric : *values) {
        metrics += fmt::format("{}{} {}", metrics.empty() ? "" : "  ", metric.metric, in_percent(metric));
      }
    }
    print_line(fmt::format(
        "{:5} {:14} {:11} {:5} {:7} {:>9}  {}", group.abbreviation, group.variant,
        data::name_of(group.configuration), group.items, group.missing,
        abstained == group.details.end() ? "-" : fmt::format("{:.1f} %", 100 * abstained->second), metrics));
  }
  print_totals(program, flags, answers);
  return 0;
}

}  // namespace

void add_eval(Program& program) {
  CLI::App* group = program.add_group("eval", "Evaluate systems on data sets");
  add_eval_run(program, group);
  add_eval_merge(program, group);
  add_eval_judge(program, group);
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = program.add_command(
      "score", "Score predictions, with confidence intervals",
      [&program, flags] { return score(program, *flags); }, group);
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("predictions", flags->predictions, "File of auris eval run")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--judgements", flags->judgements, "File of auris eval judge: its grades become a metric")
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
