// The HTML page: the report's figures, and items with their sounds for the error browser.

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "auris/eval/report/item_details.h"
#include "auris/eval/report/report.h"
#include "auris/eval/report/report_script.h"
#include "auris/page/page.h"

namespace auris::eval {
namespace {

using nlohmann::ordered_json;

// Verdicts of all systems on one item.
struct JudgedItem {
  size_t item = 0;  // its place in the data set
  std::vector<Verdict> verdicts;
  double points = 0;  // mean over systems
};

std::string group_of(const data::Item& item) {
  return item.task + "/" + item.variant + "/" + std::string(data::name_of(item.configuration));
}

// Round by round the worst item that is left of each group, so that the first ones show every group.
std::vector<JudgedItem> worst_first(const AnswersOfSystems& answers) {
  std::map<std::string, std::vector<JudgedItem>> groups;
  const auto& items = answers.systems.front().items;
  for (size_t i = 0; i < items.size(); ++i) {
    JudgedItem judged{.item = i, .verdicts = {}};
    for (const SystemAnswers& system : answers.systems) {
      judged.verdicts.push_back(verdict_of(system.items[i]));
      const double points = judged.verdicts.back().points;
      judged.points += (std::isnan(points) ? 100 : points) / static_cast<double>(answers.systems.size());
    }
    groups[group_of(items[i].item)].push_back(std::move(judged));
  }
  using Rank = std::tuple<size_t, std::string>;
  std::vector<std::pair<Rank, JudgedItem>> ranked;
  for (auto& [name, group] : groups) {
    std::stable_sort(group.begin(), group.end(),
                     [](const JudgedItem& a, const JudgedItem& b) { return a.points < b.points; });
    for (size_t round = 0; round < group.size(); ++round) {
      ranked.emplace_back(Rank{round, name}, std::move(group[round]));
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<JudgedItem> sorted;
  sorted.reserve(ranked.size());
  for (auto& [rank, judged] : ranked) sorted.push_back(std::move(judged));
  return sorted;
}

ordered_json history_json(const data::Item& item) {
  ordered_json turns = ordered_json::array();
  for (const data::EarlierTurn& turn : item.history) {
    turns.push_back({{"role", name_of(turn.role)}, {"text", turn.text}, {"words", turn.words}});
  }
  return turns;
}

std::string_view name_of(VerdictKind kind) {
  return kind == VerdictKind::kRight ? "right" : kind == VerdictKind::kWrong ? "wrong" : "odd";
}

ordered_json answer_json(const SystemAnswers& system, size_t place, const Verdict& verdict) {
  const AnsweredItem& answered = system.items[place];
  ordered_json out = {{"verdict", {{"kind", name_of(verdict.kind)}, {"text", verdict.text}}},
                      {"answer", answered.answer ? ordered_json(*answered.answer) : ordered_json()},
                      {"alignment", answer_alignment(answered)}};
  if (answered.judged) out["grade"] = 1 + 4 * *answered.judged;
  if (place < system.errors.size() && !system.errors[place].empty()) out["error"] = system.errors[place];
  if (place >= system.heard.size() || system.heard[place].empty()) return out;
  out["heard"] = system.heard[place];
  // Only there the recording holds the clip and nothing else.
  const data::Item& item = answered.item;
  if (item.configuration == data::Configuration::kTextAudio && !item.transcript.empty() &&
      out["alignment"].is_null()) {
    out["heard_alignment"] = alignment(item.transcript, system.heard[place], item.language, false);
  }
  return out;
}

ordered_json item_json(const AnswersOfSystems& answers, const JudgedItem& judged) {
  const data::Item& item = answers.systems.front().items[judged.item].item;
  ordered_json out = {
      {"id", item.id},
      {"task", item.task},
      {"abbreviation", data::task_named(item.task).abbreviation},
      {"configuration", data::name_of(item.configuration)},
      {"source", item.source},
      {"speaker", item.speaker},
      {"language", item.language},
      {"duration_s", item.duration_s},
      {"history", history_json(item)},
      {"prompt", item.prompt},
      {"reference", item.answer},
      {"references", item.references},
      {"instruction", item.configuration == data::Configuration::kTextAudio ? "" : item.instruction},
      {"transcript", item.transcript},
      {"answers", ordered_json::array()}};
  for (size_t i = 0; i < answers.systems.size(); ++i) {
    out["answers"].push_back(answer_json(answers.systems[i], judged.item, judged.verdicts[i]));
  }
  return out;
}

// Takes recordings into the page as long as there is room.
class Sounds {
 public:
  Sounds(const AnswersOfSystems& answers, const ReportOptions& options)
      : answers_(answers), options_(options) {}

  // Gives `node` the recording of that name of an item as "sound".
  void add(ordered_json& node, size_t item, const std::string& name, double duration_s) {
    if (!answers_.recording || duration_s > options_.max_sound_s) return;
    const std::string wav = answers_.recording(item, name);
    if (wav.empty() || bytes_ + std::ssize(wav) > options_.max_sound_bytes) return;
    bytes_ += std::ssize(wav);
    ++count_;
    node["sound"] = page::data_uri("audio/wav", wav);
  }

  int64_t bytes() const { return bytes_; }
  int64_t count() const { return count_; }

 private:
  const AnswersOfSystems& answers_;
  const ReportOptions& options_;
  int64_t bytes_ = 0, count_ = 0;
};

void add_sounds(ordered_json& node, const data::Item& item, size_t place, Sounds& sounds) {
  for (size_t i = 0; i < item.history.size(); ++i) {
    const data::EarlierTurn& turn = item.history[i];
    if (turn.has_recording()) sounds.add(node["history"][i], place, data::recording_name(i), turn.duration_s);
  }
  if (item.has_recording()) sounds.add(node, place, "wav", item.duration_s);
}

}  // namespace

std::string report_page(const ordered_json& report, const AnswersOfSystems& answers,
                        const ReportOptions& options) {
  ordered_json data = report;
  data["items"] = ordered_json::array();
  std::vector<JudgedItem> judged = worst_first(answers);
  const size_t all = judged.size();
  judged.resize(std::min(all, static_cast<size_t>(std::max<int64_t>(options.max_items, 0))));
  Sounds sounds(answers, options);
  for (const JudgedItem& one : judged) {
    ordered_json item = item_json(answers, one);
    add_sounds(item, answers.systems.front().items[one.item].item, one.item, sounds);
    data["items"].push_back(std::move(item));
  }
  data["shown"] = {{"items", judged.size()},
                   {"of", all},
                   {"sounds", sounds.count()},
                   {"sound_bytes", sounds.bytes()},
                   {"max_sound_bytes", options.max_sound_bytes},
                   {"max_sound_s", options.max_sound_s}};
  return page::html_of(
      {.title = "Evaluation: " + answers.data_set, .script = report_script(), .data = std::move(data)});
}

}  // namespace auris::eval
