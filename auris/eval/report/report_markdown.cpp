#include <fmt/format.h>

#include "auris/eval/report/report.h"
#include "auris/text/markdown_text.h"

namespace auris::eval {
namespace {

using nlohmann::ordered_json;
using text::markdown_text;

std::string figure(const ordered_json& value, double factor = 1, int digits = 1) {
  return value.is_number() ? fmt::format("{:.{}f}", factor * value.get<double>(), digits) : "–";
}

std::string metric_cell(const ordered_json& metric) {
  const std::string name = metric["metric"];
  const double factor =
      name == "brier" || name == "mae" || name == "score_mae" || name == "bleu" || name == "chrf" ? 1 : 100;
  return fmt::format("{} [{}, {}]", figure(metric["value"], factor), figure(metric["low"], factor),
                     figure(metric["high"], factor));
}

std::string header(const std::vector<std::string>& names, size_t texts) {
  std::string first = "|", second = "|";
  for (size_t i = 0; i < names.size(); ++i) {
    first += " " + names[i] + " |";
    second += i < texts ? "---|" : "---:|";
  }
  return first + "\n" + second + "\n";
}

std::string points_cell(const ordered_json& system) {
  return fmt::format("{} [{}, {}]", figure(system["points"]), figure(system["low"]), figure(system["high"]));
}

std::string differences(const ordered_json& report) {
  std::string out;
  for (const ordered_json& comparison : report["comparisons"]) {
    const ordered_json& overall = comparison["overall"];
    out += fmt::format("{} minus {}: {} [{}, {}] points.\n\n",
                       markdown_text(comparison["second"].get<std::string>()),
                       markdown_text(comparison["first"].get<std::string>()), figure(overall["difference"]),
                       figure(overall["low"]), figure(overall["high"]));
  }
  return out;
}

std::string systems_table(const ordered_json& report) {
  std::string out =
      header({"system", "points", "coverage %", "abstention %", "without an answer", "min-max"}, 1);
  for (const ordered_json& system : report["systems"]) {
    out +=
        fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_text(system["name"].get<std::string>()),
                    points_cell(system), figure(system["coverage"], 100), figure(system["abstention"], 100),
                    system["missing"].get<int64_t>(), figure(system["min_max"], 1, 2));
  }
  return out;
}

std::string tasks_table(const ordered_json& report) {
  std::vector<std::string> names = {"task", "items"};
  for (const ordered_json& system : report["systems"])
    names.push_back(markdown_text(system["name"].get<std::string>()));
  std::string out = header(names, 1);
  for (const ordered_json& task : report["tasks"]) {
    out += fmt::format("| {} | {} |", markdown_text(task["title"].get<std::string>()),
                       task["items"].get<int64_t>());
    for (size_t i = 0; i < report["systems"].size(); ++i) {
      out += fmt::format(" {} [{}, {}] |", figure(task["points"][i]), figure(task["low"][i]),
                         figure(task["high"][i]));
    }
    out += "\n";
  }
  return out;
}

// Nothing where no system has grades.
std::string judge_table(const ordered_json& report) {
  std::string rows;
  for (const ordered_json& system : report["systems"]) {
    const ordered_json& judge = system["judge"];
    if (judge.is_null()) continue;
    rows += fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_text(system["name"].get<std::string>()),
                        judge["answers"].get<int64_t>(), judge["votes"].get<int64_t>(),
                        judge["no_verdict"].get<int64_t>(), figure(judge["fleiss_kappa"], 1, 3),
                        figure(judge["quadratic_kappa"], 1, 3));
  }
  if (rows.empty()) return {};
  return "## Judge\n\n" +
         header({"system", "answers", "votes each", "without a verdict", "Fleiss' kappa", "quadratic kappa"},
                1) +
         rows + "\n";
}

// Nothing where no system chose from labels.
std::string calibration_table(const ordered_json& report) {
  std::string rows;
  for (const ordered_json& group : report["groups"]) {
    for (size_t i = 0; i < group["systems"].size(); ++i) {
      const ordered_json& score = group["systems"][i]["score"];
      if (!score.contains("calibration")) continue;
      rows += fmt::format("| {} | {} | {} | {} | {} | {} |\n", group["abbreviation"].get<std::string>(),
                          markdown_text(group["variant"].get<std::string>()),
                          markdown_text(group["configuration"].get<std::string>()),
                          markdown_text(report["systems"][i]["name"].get<std::string>()),
                          metric_cell(score["calibration"][0]), metric_cell(score["calibration"][1]));
    }
  }
  if (rows.empty()) return {};
  return "## Calibration\n\n" +
         header({"task", "source", "configuration", "system", "calibration error %", "Brier"}, 4) + rows +
         "\n";
}

std::string groups_table(const ordered_json& report) {
  std::vector<std::string> names = {"task", "source", "configuration", "metric", "items"};
  for (const ordered_json& system : report["systems"])
    names.push_back(markdown_text(system["name"].get<std::string>()));
  std::string out = header(names, 4);
  for (const ordered_json& group : report["groups"]) {
    const ordered_json& metrics = group["systems"][0]["score"]["metrics"];
    for (size_t i = 0; i < metrics.size(); ++i) {
      out +=
          fmt::format("| {} | {} | {} | {} | {} |", group["abbreviation"].get<std::string>(),
                      markdown_text(group["variant"].get<std::string>()),
                      markdown_text(group["configuration"].get<std::string>()),
                      markdown_text(metrics[i]["metric"].get<std::string>()), group["items"].get<int64_t>());
      for (const ordered_json& system : group["systems"]) {
        out += " " + metric_cell(system["score"]["metrics"][i]) + " |";
      }
      out += "\n";
    }
  }
  return out;
}

}  // namespace

std::string report_markdown(const ordered_json& report) {
  const ordered_json& data_set = report["data_set"];
  std::string out =
      fmt::format("# Evaluation: {}\n\n{} items, {:.2f} hours, {} speakers; {} damaged items left out.\n\n",
                  markdown_text(data_set["name"].get<std::string>()), data_set["items"].get<int64_t>(),
                  data_set["hours"].get<double>(), data_set["speakers"].get<int64_t>(),
                  data_set["damaged"].get<int64_t>());
  out += "## Overall\n\n" + systems_table(report);
  const ordered_json& formula = report["formula"];
  out += "\n" + differences(report);
  out += fmt::format("Formula {}: {}\n\n{}: {}\n\n", formula["version"].get<std::string>(),
                     formula["text"].get<std::string>(), formula["interval"].get<std::string>(),
                     formula["interval_text"].get<std::string>());
  out += fmt::format("## Points by task\n\n{}\n", tasks_table(report));
  out +=
      fmt::format("## By task, source and configuration\n\n{}\nRates in percent, with {:.0f} % intervals.\n",
                  groups_table(report), 100 * report["confidence"].get<double>());
  out += "\n" + judge_table(report) + calibration_table(report);
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace auris::eval
