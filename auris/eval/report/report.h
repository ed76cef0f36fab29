#pragma once
// A report on systems that answered the same items: for machines (JSON), for notes (Markdown) and to look at
// (one HTML page with charts, sounds and every error). The same answers give the same bytes.

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/eval/report/answers_of_systems.h"

namespace auris::eval {

struct ReportOptions {
  BootstrapOptions bootstrap = {};
  // The page's list of items: the worst ones of each task first. What is left out is told on the page.
  int64_t max_items = 1000;
  int64_t max_sound_bytes = 16 << 20;  // of all recordings in the page, before base64
  double max_sound_s = 30;             // of one
};

// What the page shows, without the items and their sounds:
//   format        "auris-report-1"
//   data_set      {name, items, damaged, damaged_lines, hours, speakers}
//   formula       {version, text, interval, interval_text}
//   systems       [{name, settings, missing, points, low, high, blocks, coverage, abstention, min_max, judge,
//                 calibration}]; min_max null for one system; judge null or {answers, votes, no_verdict,
//                 fleiss_kappa, quadratic_kappa}; calibration over all closed questions null or {items, ece,
//                 brier, reliability: reliability_json()}
//   tasks         [{task, abbreviation, title, items, points, low, high, abstention}], the last four lists
//                   with a figure for each system
//   configurations[{configuration, tasks, points: over the tasks that have all configurations}]
//   groups        [{task, abbreviation, title, variant, configuration, items,
//                   systems: [{score: to_json(GroupScore), points, low, high, abstention}]}]
//   comparisons   of every system with the first: [{first, second, overall: overall_json(PairedEstimate),
//                   groups: to_json(GroupComparison)}]
// kUsage unless all systems answered the same items.
nlohmann::ordered_json report_json(const AnswersOfSystems& answers, const ReportOptions& options = {});

std::string report_markdown(const nlohmann::ordered_json& report);

// `report` of report_json() with the same answers.
std::string report_page(const nlohmann::ordered_json& report, const AnswersOfSystems& answers,
                        const ReportOptions& options = {});

// report.json, report.md and report.html in `folder`.
void write_report(const std::filesystem::path& folder, const AnswersOfSystems& answers,
                  const ReportOptions& options = {});

}  // namespace auris::eval
