// auris eval compare: two systems' answers to one data set.

#include <cmath>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "apps/eval_commands.h"
#include "auris/eval/compare/comparison.h"
#include "auris/eval/judge/judge_run.h"
#include "auris/eval/run/answers.h"
#include "auris/eval/score/overall.h"
#include "auris/eval/score/overall_interval.h"

namespace auris::apps {
namespace {

struct CompareFlags {
  std::string data, first, second, judgements, mode = "corrected";
};

struct Overall {
  eval::BootstrapEstimate first, second;
  eval::PairedEstimate paired;
};

std::string to_text(const Overall& overall, const std::string& first, const std::string& second) {
  const auto points = [](double value, const eval::Interval& interval) {
    return fmt::format("{:.1f} [{:.1f}, {:.1f}]", value, interval.low, interval.high);
  };
  return fmt::format("Overall points of 100 ({}, {}): {} {}, {} {}, difference {}.", eval::kOverallFormula,
                     eval::kOverallInterval, first, points(overall.first.value, overall.first.interval),
                     second, points(overall.second.value, overall.second.interval),
                     points(overall.paired.difference, overall.paired.interval));
}

std::string text_of(const std::string& name, const eval::FoundGrades& grades) {
  return fmt::format(
      "{}: {} answers graded by {} votes each, {} votes without a verdict, Fleiss' kappa {:.3f}, "
      "quadratic kappa {:.3f}",
      name, grades.answers, grades.votes, grades.no_verdict, grades.fleiss, grades.quadratic);
}

int compare(const Program& program, const CompareFlags& flags) {
  const data::ShardReader data(flags.data);
  eval::AnswerSet first = eval::read_answers(data, flags.first);
  eval::AnswerSet second = eval::read_answers(data, flags.second);
  std::vector<eval::FoundGrades> grades;  // of the first and the second
  if (!flags.judgements.empty()) {
    const eval::JudgementStore store = eval::read_judgements(flags.judgements);
    grades = {add_judgements(first.items, store), add_judgements(second.items, store)};
    const std::vector<std::vector<eval::AnsweredItem>*> both{&first.items, &second.items};
    eval::grade_alike(both);
  }
  const auto comparisons =
      eval::compare(first.items, second.items, {.mode = eval::score_mode_named(flags.mode)});
  std::optional<Overall> overall;  // its formula knows the corrected metrics only
  if (eval::score_mode_named(flags.mode) == eval::ScoreMode::kCorrected) {
    overall = {.first = eval::overall_estimate(first.items),
               .second = eval::overall_estimate(second.items),
               .paired = eval::compare_overall(first.items, second.items)};
  }
  if (program.common.json) {
    for (const eval::GroupComparison& comparison : comparisons) print_json_line(to_json(comparison));
    nlohmann::ordered_json totals = {{"first", flags.first},
                                     {"second", flags.second},
                                     {"mode", flags.mode},
                                     {"items", first.items.size()},
                                     {"damaged", first.damaged.size()}};
    if (overall) {
      totals["overall"] = {{"first", overall_json(overall->first)},
                           {"second", overall_json(overall->second)},
                           {"paired", overall_json(overall->paired)}};
    }
    for (const eval::FoundGrades& found : grades) totals["judge"].push_back(to_json(found));
    print_json_line(totals);
    return 0;
  }
  const auto name_of = [](const std::string& path) { return std::filesystem::path(path).stem().string(); };
  print_line(to_markdown(comparisons, name_of(flags.first), name_of(flags.second)));
  if (overall) print_line(to_text(*overall, name_of(flags.first), name_of(flags.second)));
  if (!grades.empty()) {
    print_line(text_of(name_of(flags.first), grades[0]));
    print_line(text_of(name_of(flags.second), grades[1]));
  }
  print_line(
      fmt::format("{} items compared, {} damaged. Rates in percent, differences second minus first; of 20 "
                  "comparisons of equal systems about one seems different.",
                  first.items.size(), first.damaged.size()));
  return 0;
}

}  // namespace

void add_eval_compare(Program& program, CLI::App* group) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App* command = program.add_command(
      "compare", "Compare two systems' predictions for one data set",
      [&program, flags] { return compare(program, *flags); }, group);
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("first", flags->first, "Predictions of auris eval run")->required()->type_name("FILE");
  command->add_option("second", flags->second, "Those of another system")->required()->type_name("FILE");
  command
      ->add_option("--judgements", flags->judgements,
                   "File of auris eval judge: its grades of either system's answers are compared, too")
      ->type_name("FILE");
  add_score_mode(command, flags->mode);
  command->footer(
      "By paired bootstrap over speakers and, for word errors, MAPSSWE. Example: auris eval compare eval "
      "cascade.jsonl oracle.jsonl");
}

}  // namespace auris::apps
