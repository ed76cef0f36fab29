#include "auris/eval/import/llaso_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "auris/base/json_number.h"
#include "auris/eval/metrics/error_rate.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

using nlohmann::ordered_json;

std::string plain_words(const std::string& text) {
  return text::substitute(text::lower(text::to_valid_utf8(text)), R"([^\p{L}\p{Nd}'_]+)", " ");
}

std::optional<double> plain_word_error_rate(const std::vector<AnsweredItem>& items) {
  ErrorCounter counter(ErrorUnit::kWord);
  ErrorRateSums sums;
  for (const AnsweredItem& answered : items) {
    const std::string reference = plain_words(answered.item.answer);
    const std::string answer = plain_words(answered.answer.value_or(""));
    sums += sums_of(counter.count(reference, answer));
  }
  return sums.rate();
}

GroupScore score_test(const std::vector<AnsweredItem>& items, const ScoreOptions& options) {
  GroupScore score = eval::score(items, options).front();
  const bool words = !score.metrics.empty() && score.metrics.front().metric == "wer";
  if (words && options.mode == ScoreMode::kCorrected) {
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    score.details["wer_plain"] = plain_word_error_rate(items).value_or(kUnknown);
  }
  return score;
}

LlasoTestScore& test_of(std::map<std::string_view, LlasoTestScore>& tests, const LlasoTest& test) {
  LlasoTestScore& found = tests[test.name];
  found.test = &test;
  return found;
}

// One row of a table: a value for each system that has one.
using Cells = std::map<size_t, double>;

struct Row {
  std::string name, metric;
  Cells cells = {};
};

bool is_rate(const std::string& metric) { return metric != "mae" && metric != "score_mae"; }

// Metrics and details that tables show, in this order.
std::vector<std::pair<std::string, double>> shown_values(const LlasoTestScore& test) {
  std::vector<std::pair<std::string, double>> values;
  if (test.score) {
    for (const MetricValue& metric : test.score->metrics) {
      values.emplace_back(metric.metric, is_rate(metric.metric) ? 100 * metric.value : metric.value);
    }
    for (const char* name : {"wer_plain", "abstained", "coverage", "mae_of_answers"}) {
      const auto detail = test.score->details.find(name);
      if (detail == test.score->details.end()) continue;
      values.emplace_back(name,
                          std::string_view(name) == "mae_of_answers" ? detail->second : 100 * detail->second);
    }
  }
  if (test.judge) values.emplace_back("judge", *test.judge);
  return values;
}

class Table {
 public:
  explicit Table(const std::vector<LlasoSystemScore>& systems) : systems_(systems) {}

  void put(const std::string& name, const std::string& metric, size_t system, double value) {
    const std::string key = name + "\n" + metric;
    const auto [found, fresh] = places_.try_emplace(key, rows_.size());
    if (fresh) rows_.push_back({.name = name, .metric = metric});
    rows_[found->second].cells[system] = value;
  }

  std::string markdown(const std::string& title) const {
    std::string text = fmt::format("| {} | metric |", title), rule = "|---|---|";
    for (const LlasoSystemScore& system : systems_) {
      text += fmt::format(" {} |", system.system);
      rule += "--:|";
    }
    text += "\n" + rule + "\n";
    for (const Row& row : rows_) {
      text += fmt::format("| {} | {} |", row.name, row.metric);
      for (size_t i = 0; i < systems_.size(); ++i) {
        const auto cell = row.cells.find(i);
        const bool known = cell != row.cells.end() && std::isfinite(cell->second);
        text += known ? fmt::format(" {:.2f} |", cell->second) : " - |";
      }
      text += "\n";
    }
    return text;
  }

 private:
  const std::vector<LlasoSystemScore>& systems_;
  std::vector<Row> rows_;
  std::map<std::string, size_t> places_;
};

std::string tests_table(const std::vector<LlasoSystemScore>& systems) {
  Table table(systems);
  for (const LlasoTest& test : llaso_tests()) {
    for (size_t i = 0; i < systems.size(); ++i) {
      for (const LlasoTestScore& scored : systems[i].tests) {
        if (scored.test != &test) continue;
        for (const auto& [metric, value] : shown_values(scored)) {
          table.put(std::string(test.name), metric, i, value);
        }
      }
    }
  }
  for (size_t i = 0; i < systems.size(); ++i) {
    if (!systems[i].abstention) continue;
    table.put(fmt::format("mean of {} tests", systems[i].abstention_tests), "abstained", i,
              100 * *systems[i].abstention);
  }
  return table.markdown("test");
}

// The same metric over the tests of a task: of every test alike, of judgements each alike (LLaSO's tests of a
// task have as many items).
std::string tasks_table(const std::vector<LlasoSystemScore>& systems) {
  Table table(systems);
  for (const data::Task& task : data::all_tasks()) {
    for (size_t i = 0; i < systems.size(); ++i) {
      std::map<std::string, std::vector<double>> values;
      for (const LlasoTestScore& scored : systems[i].tests) {
        if (scored.test->task != task.id) continue;
        for (const auto& [metric, value] : shown_values(scored)) values[metric].push_back(value);
      }
      for (const auto& [metric, all] : values) {
        const double sum = std::accumulate(all.begin(), all.end(), 0.0);
        table.put(fmt::format("{} ({})", task.abbreviation, all.size()), metric, i,
                  sum / static_cast<double>(all.size()));
      }
    }
  }
  return table.markdown("task (tests)");
}

}  // namespace

LlasoSystemScore score_llaso_system(const LlasoSystem& system, const ScoreOptions& options) {
  std::map<std::string_view, LlasoTestScore> tests;
  for (const LlasoAnswers& answers : system.answers) {
    LlasoTestScore& test = test_of(tests, *answers.test);
    test.records = answers.records;
    test.rejected = std::ssize(answers.rejected);
    if (!answers.items.empty()) test.score = score_test(answers.items, options);
  }
  for (const LlasoJudged& judged : system.judged) {
    LlasoTestScore& test = test_of(tests, *judged.test);
    const std::vector<double>& scores = judged.judgements.scores;
    test.judged_records = judged.judgements.records;
    test.judged = std::ssize(scores);
    if (scores.empty()) continue;
    test.judge = std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  }
  LlasoSystemScore all{.system = system.name, .tests = {}, .abstention = {}};
  double abstained = 0;
  for (auto& [name, test] : tests) {
    if (test.test->counts_abstention && test.score) {
      abstained += test.score->details.at("abstained");
      ++all.abstention_tests;
    }
    all.tests.push_back(std::move(test));
  }
  if (all.abstention_tests > 0) all.abstention = abstained / static_cast<double>(all.abstention_tests);
  return all;
}

ordered_json to_json(const LlasoSystemScore& score) {
  ordered_json out = {{"system", score.system},
                      {"abstention", score.abstention ? json_number(*score.abstention) : ordered_json()},
                      {"abstention_tests", score.abstention_tests},
                      {"tests", ordered_json::array()}};
  for (const LlasoTestScore& test : score.tests) {
    ordered_json entry = {{"test", test.test->name}, {"records", test.records}, {"rejected", test.rejected}};
    if (test.score) entry["score"] = to_json(*test.score);
    if (test.judge) {
      entry["judge"] = {
          {"mean", json_number(*test.judge)}, {"records", test.judged_records}, {"judged", test.judged}};
    }
    out["tests"].push_back(std::move(entry));
  }
  return out;
}

std::string to_markdown(const std::vector<LlasoSystemScore>& scores) {
  return tests_table(scores) + "\n" + tasks_table(scores);
}

}  // namespace auris::eval
