#include "auris/eval/report/report.h"

#include <cmath>
#include <set>

#include "auris/base/atomic_file.h"
#include "auris/base/error.h"
#include "auris/base/json_number.h"
#include "auris/base/json_text.h"
#include "auris/eval/compare/comparison.h"
#include "auris/eval/score/overall.h"
#include "auris/eval/score/overall_interval.h"

namespace auris::eval {
namespace {

using nlohmann::ordered_json;

struct Scored {
  std::vector<std::vector<GroupScore>> groups;  // of each system
  std::vector<OverallScore> overall;
  std::vector<BootstrapEstimate> estimates;  // of the overall score
};

void check_same_items(const AnswersOfSystems& answers) {
  for (const SystemAnswers& system : answers.systems) {
    const auto same = [](const AnsweredItem& a, const AnsweredItem& b) { return a.item.id == b.item.id; };
    const auto& first = answers.systems.front().items;
    if (!std::equal(system.items.begin(), system.items.end(), first.begin(), first.end(), same)) {
      throw Error(ErrorCode::kUsage, {.where = "report",
                                      .expected = "systems that answered the same items",
                                      .got = "others of " + quoted(system.name),
                                      .hint = "all predictions must belong to the data set"});
    }
  }
  if (answers.systems.empty()) {
    throw Error(ErrorCode::kUsage,
                {.where = "report", .expected = "a system", .got = "none", .hint = "name its predictions"});
  }
}

ordered_json data_set_json(const AnswersOfSystems& answers) {
  double seconds = 0;
  std::set<std::string> speakers;
  for (const AnsweredItem& answered : answers.systems.front().items) {
    seconds += answered.item.duration_s;
    if (!answered.item.speaker.empty()) speakers.insert(answered.item.speaker);
  }
  return {{"name", answers.data_set},   {"items", answers.systems.front().items.size()},
          {"damaged", answers.damaged}, {"damaged_lines", answers.damaged_lines},
          {"hours", seconds / 3600},    {"speakers", speakers.size()}};
}

ordered_json judge_json(const std::optional<FoundGrades>& grades) {
  return grades ? to_json(*grades) : ordered_json();
}

ordered_json calibration_json(const std::vector<GroupScore>& groups) {
  CalibrationSums all;
  for (const GroupScore& group : groups) all += group.reliability;
  if (all.count() == 0) return nullptr;
  return {{"items", all.count()},
          {"ece", *all.expected_error()},
          {"brier", *all.brier()},
          {"reliability", reliability_json(all)}};
}

ordered_json systems_json(const AnswersOfSystems& answers, const Scored& scored) {
  const std::vector<double> min_max = min_max_scores(scored.overall);
  ordered_json out = ordered_json::array();
  for (size_t i = 0; i < answers.systems.size(); ++i) {
    const SystemAnswers& system = answers.systems[i];
    const auto missing = std::count_if(system.items.begin(), system.items.end(),
                                       [](const AnsweredItem& answered) { return !answered.answer; });
    out.push_back({{"name", system.name},
                   {"settings", system.settings},
                   {"missing", missing},
                   {"points", json_number(scored.overall[i].points)},
                   {"low", json_number(scored.estimates[i].interval.low)},
                   {"high", json_number(scored.estimates[i].interval.high)},
                   {"blocks", scored.estimates[i].blocks},
                   {"coverage", json_number(scored.overall[i].coverage)},
                   {"abstention", json_number(scored.overall[i].abstention)},
                   {"min_max", answers.systems.size() < 2 ? ordered_json() : json_number(min_max[i])},
                   {"judge", judge_json(system.grades)},
                   {"calibration", calibration_json(scored.groups[i])}});
  }
  return out;
}

// The same list of each system, turned: one entry a task, with a figure for each system.
ordered_json tasks_json(const AnswersOfSystems& answers, const Scored& scored, const ReportOptions& options) {
  ordered_json out = ordered_json::array();
  for (size_t task = 0; task < scored.overall.front().tasks.size(); ++task) {
    const TaskPoints& first = scored.overall.front().tasks[task];
    ordered_json entry = {{"task", first.task},
                          {"abbreviation", first.abbreviation},
                          {"title", data::task_named(first.task).title},
                          {"items", 0},
                          {"points", ordered_json::array()},
                          {"low", ordered_json::array()},
                          {"high", ordered_json::array()},
                          {"abstention", ordered_json::array()}};
    for (size_t i = 0; i < scored.overall.size(); ++i) {
      std::vector<AnsweredItem> own;
      for (const AnsweredItem& answered : answers.systems[i].items) {
        if (answered.item.task == first.task) own.push_back(answered);
      }
      const Interval interval = overall_estimate(own, options.bootstrap).interval;
      entry["items"] = own.size();
      entry["points"].push_back(json_number(scored.overall[i].tasks[task].points));
      entry["low"].push_back(json_number(interval.low));
      entry["high"].push_back(json_number(interval.high));
      entry["abstention"].push_back(json_number(scored.overall[i].tasks[task].abstention));
    }
    out.push_back(std::move(entry));
  }
  return out;
}

// Only tasks that have them all, so that configurations are compared on the same tasks.
ordered_json configurations_json(const Scored& scored) {
  std::map<data::Configuration, std::set<std::string>> tasks;
  for (const TaskPoints& place : scored.overall.front().configurations) {
    tasks[*place.configuration].insert(place.task);
  }
  std::set<std::string> common;
  for (const TaskPoints& task : scored.overall.front().tasks) {
    if (std::isnan(task.points)) continue;
    const auto has = [&](const auto& entry) { return entry.second.contains(task.task); };
    if (std::all_of(tasks.begin(), tasks.end(), has)) common.insert(task.task);
  }
  ordered_json out = ordered_json::array();
  for (const auto& [configuration, unused] : tasks) {
    ordered_json entry = {{"configuration", data::name_of(configuration)},
                          {"tasks", common},
                          {"points", ordered_json::array()}};
    for (const OverallScore& system : scored.overall) {
      double sum = 0;
      for (const TaskPoints& place : system.configurations) {
        if (place.configuration == configuration && common.contains(place.task)) sum += place.points;
      }
      entry["points"].push_back(common.empty() ? ordered_json()
                                               : json_number(sum / static_cast<double>(common.size())));
    }
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json groups_json(const Scored& scored) {
  ordered_json out = ordered_json::array();
  for (size_t group = 0; group < scored.groups.front().size(); ++group) {
    const GroupScore& first = scored.groups.front()[group];
    ordered_json entry = {{"task", first.task},
                          {"abbreviation", first.abbreviation},
                          {"title", data::task_named(first.task).title},
                          {"variant", first.variant},
                          {"configuration", data::name_of(first.configuration)},
                          {"items", first.items},
                          {"systems", ordered_json::array()}};
    for (const auto& system : scored.groups) {
      const auto points = points_of(system[group]);
      const auto interval = points_interval_of(system[group]);
      entry["systems"].push_back({{"score", to_json(system[group])},
                                  {"points", points ? json_number(*points) : ordered_json()},
                                  {"low", interval ? json_number(interval->low) : ordered_json()},
                                  {"high", interval ? json_number(interval->high) : ordered_json()},
                                  {"abstention", json_number(abstention_of(system[group]))}});
    }
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json comparisons_json(const AnswersOfSystems& answers, const ReportOptions& options) {
  ordered_json out = ordered_json::array();
  const SystemAnswers& first = answers.systems.front();
  for (size_t i = 1; i < answers.systems.size(); ++i) {
    ordered_json groups = ordered_json::array();
    for (const GroupComparison& group :
         compare(first.items, answers.systems[i].items, {.bootstrap = options.bootstrap})) {
      groups.push_back(to_json(group));
    }
    out.push_back(
        {{"first", first.name},
         {"second", answers.systems[i].name},
         {"overall", overall_json(compare_overall(first.items, answers.systems[i].items, options.bootstrap))},
         {"groups", std::move(groups)}});
  }
  return out;
}

void write(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path, ErrorCode::kInput);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

}  // namespace

ordered_json report_json(const AnswersOfSystems& answers, const ReportOptions& options) {
  check_same_items(answers);
  Scored scored;
  for (const SystemAnswers& system : answers.systems) {
    scored.groups.push_back(score(system.items, {.bootstrap = options.bootstrap}));
    scored.overall.push_back(overall(scored.groups.back()));
    scored.estimates.push_back(overall_estimate(system.items, options.bootstrap));
  }
  return {{"format", "auris-report-1"},
          {"data_set", data_set_json(answers)},
          {"formula",
           {{"version", kOverallFormula},
            {"text", overall_formula()},
            {"interval", kOverallInterval},
            {"interval_text", overall_interval_method()}}},
          {"confidence", options.bootstrap.confidence},
          {"systems", systems_json(answers, scored)},
          {"tasks", tasks_json(answers, scored, options)},
          {"configurations", configurations_json(scored)},
          {"groups", groups_json(scored)},
          {"comparisons", comparisons_json(answers, options)}};
}

void write_report(const std::filesystem::path& folder, const AnswersOfSystems& answers,
                  const ReportOptions& options) {
  const ordered_json report = report_json(answers, options);
  write(folder / "report.html", report_page(report, answers, options));
  write(folder / "report.md", report_markdown(report));
  write(folder / "report.json",
        report.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

}  // namespace auris::eval
