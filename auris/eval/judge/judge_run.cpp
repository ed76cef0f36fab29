#include "auris/eval/judge/judge_run.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_number.h"
#include "auris/eval/statistics/agreement.h"

namespace auris::eval {
namespace {

using nlohmann::ordered_json;
using Answers = std::vector<std::string>;

constexpr int kMaxUnreachable = 3;
constexpr int64_t kNoVerdict = -1;
constexpr int64_t kTie = 2;
constexpr int64_t kGrades = 5, kPairChoices = 3;

[[noreturn]] void fail_usage(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "judge", .expected = expected, .got = got, .hint = ""});
}

ordered_json settings_of(const Judge& judge, const char* mode, int votes) {
  ordered_json settings = judge.settings();
  settings["mode"] = mode;
  settings["votes"] = votes;
  return settings;
}

bool is_judged(const data::Item& item, const JudgeOptions& options) {
  if (!options.tasks.empty()) return std::ranges::find(options.tasks, item.task) != options.tasks.end();
  const auto& metrics = data::task_named(item.task).variant(item.variant).metrics;
  return std::ranges::find(metrics, data::Metric::kJudge) != metrics.end();
}

void grade(const data::Item& item, const Answers& answers, Judge& judge, int votes, Judgement& judgement) {
  double sum = 0;
  int verdicts = 0;
  for (int vote = 0; vote < votes; ++vote) {
    const JudgeQuestion question = grade_question(item, answers.front(), vote % 2 == 0);
    const std::optional<size_t> choice = judge.vote(question, static_cast<uint64_t>(vote));
    judgement.votes.push_back(choice ? static_cast<int64_t>(*choice) : kNoVerdict);
    if (!choice) continue;
    sum += static_cast<double>(*choice) / (kGrades - 1);
    ++verdicts;
  }
  if (verdicts > 0) judgement.score = sum / verdicts;
}

void compare_two(const data::Item& item, const Answers& answers, Judge& judge, int votes,
                 Judgement& judgement) {
  constexpr int64_t kTurned[] = {1, 0, kTie};  // what a choice means when the second answer stood first
  double sum = 0;
  int verdicts = 0;
  for (int vote = 0; vote < votes; ++vote) {
    const auto seed = static_cast<uint64_t>(vote);
    const auto straight = judge.vote(pair_question(item, answers[0], answers[1]), seed);
    const auto turned = judge.vote(pair_question(item, answers[1], answers[0]), seed);
    if (!straight || !turned) {
      judgement.votes.push_back(kNoVerdict);
      continue;
    }
    const auto said = static_cast<int64_t>(*straight);
    const bool agree = said == kTurned[*turned];
    judgement.order_dependent += agree ? 0 : 1;
    judgement.votes.push_back(agree ? said : kTie);
    sum += judgement.votes.back() == kTie ? 0.5 : 1 - static_cast<double>(said);
    ++verdicts;
  }
  if (verdicts > 0) judgement.score = sum / verdicts;
}

using Ask = void (*)(const data::Item&, const Answers&, Judge&, int, Judgement&);

struct Agreement {
  double fleiss = std::numeric_limits<double>::quiet_NaN();
  double quadratic = std::numeric_limits<double>::quiet_NaN();
};

// Of votes that are all there, as many on each item.
Agreement agreement_of(const std::vector<std::vector<int64_t>>& votes, int64_t choices) {
  Agreement agreement;
  if (votes.empty() || votes.front().size() < 2) return agreement;
  agreement.fleiss = fleiss_kappa(votes, choices);
  if (choices != kGrades) return agreement;
  double sum = 0;
  int pairs = 0;
  for (size_t a = 0; a < votes.front().size(); ++a) {
    for (size_t b = a + 1; b < votes.front().size(); ++b, ++pairs) {
      std::vector<int64_t> first, second;
      for (const auto& item : votes) {
        first.push_back(item[a]);
        second.push_back(item[b]);
      }
      sum += cohen_kappa(first, second, choices, KappaWeights::kQuadratic);
    }
  }
  agreement.quadratic = sum / pairs;
  return agreement;
}

// An answer (or two) to one item.
struct Case {
  const data::Item* item = nullptr;
  Answers answers = {};
  std::optional<double> score = {};  // known without asking
};

class Run {
 public:
  Run(Judge& judge, JudgementStore& store, const JudgeOptions& options, const char* mode)
      : judge_(judge), store_(store), options_(options), settings_(settings_of(judge, mode, options.votes)) {
    if (options.votes < 1 || options.votes > 99) fail_usage("1 to 99 votes", std::to_string(options.votes));
    store_.begin(settings_);
  }

  JudgeReport over(const std::vector<Case>& cases, Ask ask, int64_t choices) {
    report_.items = std::ssize(cases);
    for (int64_t done = 0; done < report_.items; ++done) {
      if (options_.progress && !options_.progress(done, report_.items)) {
        throw Error(ErrorCode::kCancelled, {.where = "judge",
                                            .expected = "to finish",
                                            .got = "a request to stop",
                                            .hint = "the same command goes on"});
      }
      take(cases[static_cast<size_t>(done)], ask);
    }
    agree(choices);
    // A single speaker cannot be drawn: then items are.
    if (std::ranges::adjacent_find(blocks_, std::not_equal_to<>()) == blocks_.end()) blocks_.clear();
    report_.score = bootstrap(scores_, blocks_);
    return report_;
  }

 private:
  void take(const Case& judged, Ask ask) {
    if (judged.score) {
      ++report_.decided;
      count(*judged.item, *judged.score);
      return;
    }
    Judgement judgement{.key = judgement_key(settings_, *judged.item, judged.answers),
                        .item = judged.item->id};
    if (const Judgement* known = store_.find(judgement.key)) {
      ++report_.reused;
      judgement = *known;
    } else {
      ++report_.asked;
      if (!asked(judged, ask, judgement)) return;
    }
    report_.order_dependent += judgement.order_dependent;
    report_.no_verdict += std::ranges::count(judgement.votes, kNoVerdict);
    report_.failed += judgement.score ? 0 : 1;
    if (judgement.score) count(*judged.item, *judgement.score);
    if (std::ranges::count(judgement.votes, kNoVerdict) == 0 &&
        std::ssize(judgement.votes) == options_.votes) {
      votes_.push_back(std::move(judgement.votes));
    }
  }

  // False if the judge was out of reach: nothing is kept.
  bool asked(const Case& judged, Ask ask, Judgement& judgement) {
    const auto begin = std::chrono::steady_clock::now();
    try {
      ask(*judged.item, judged.answers, judge_, options_.votes, judgement);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      if (error.code() == ErrorCode::kNetwork) {
        if (++unreachable_ >= kMaxUnreachable) throw;
        ++report_.failed;
        return false;
      }
      judgement.votes.clear();
      judgement.error = error.what();
    }
    unreachable_ = 0;
    judgement.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    store_.add(judgement);
    return true;
  }

  // Items of unknown speakers stand for themselves.
  void count(const data::Item& item, double score) {
    scores_.push_back({score, 1});
    blocks_.push_back(item.speaker.empty()
                          ? -1 - std::ssize(scores_)
                          : speakers_.try_emplace(item.speaker, std::ssize(speakers_)).first->second);
  }

  void agree(int64_t choices) {
    const Agreement agreement = agreement_of(votes_, choices);
    report_.fleiss = agreement.fleiss;
    report_.quadratic = agreement.quadratic;
  }

  Judge& judge_;
  JudgementStore& store_;
  const JudgeOptions& options_;
  ordered_json settings_;
  JudgeReport report_ = {};
  int unreachable_ = 0;  // in a row
  std::vector<std::vector<int64_t>> votes_;
  std::vector<CorpusItem> scores_;
  std::vector<int64_t> blocks_;
  std::map<std::string, int64_t> speakers_;
};

}  // namespace

JudgeReport judge_answers(const std::vector<AnsweredItem>& items, Judge& judge, JudgementStore& store,
                          const JudgeOptions& options) {
  std::vector<Case> cases;
  for (const AnsweredItem& answered : items) {
    if (!is_judged(answered.item, options)) continue;
    cases.push_back({.item = &answered.item, .answers = {answered.answer.value_or("")}});
    if (!answered.answer) cases.back().score = 0;
  }
  return Run(judge, store, options, "grade").over(cases, grade, kGrades);
}

JudgeReport judge_pairs(const std::vector<AnsweredItem>& first, const std::vector<AnsweredItem>& second,
                        Judge& judge, JudgementStore& store, const JudgeOptions& options) {
  if (first.size() != second.size()) {
    fail_usage(fmt::format("{} items of the second system", first.size()), std::to_string(second.size()));
  }
  std::vector<Case> cases;
  for (size_t i = 0; i < first.size(); ++i) {
    const auto& a = first[i];
    const auto& b = second[i];
    if (a.item.id != b.item.id) fail_usage("item " + quoted(a.item.id), quoted(b.item.id));
    if (!is_judged(a.item, options)) continue;
    cases.push_back({.item = &a.item, .answers = {a.answer.value_or(""), b.answer.value_or("")}});
    if (!a.answer || !b.answer) cases.back().score = a.answer ? 1 : b.answer ? 0 : 0.5;
    if (a.answer && a.answer == b.answer) cases.back().score = 0.5;
  }
  return Run(judge, store, options, "pair").over(cases, compare_two, kPairChoices);
}

ordered_json to_json(const FoundGrades& grades) {
  return {{"answers", grades.answers},
          {"votes", grades.votes},
          {"no_verdict", grades.no_verdict},
          {"fleiss_kappa", json_number(grades.fleiss)},
          {"quadratic_kappa", json_number(grades.quadratic)}};
}

FoundGrades add_judgements(std::vector<AnsweredItem>& items, const JudgementStore& store) {
  const ordered_json& settings = store.settings();
  if (settings.is_object() && settings.value("mode", "") != "grade") {
    fail_usage("judgements of single answers", "those of pairs");
  }
  FoundGrades found;
  if (settings.is_object()) found.votes = settings.value("votes", int64_t{0});
  std::vector<std::vector<int64_t>> votes;
  for (AnsweredItem& answered : items) {
    if (!answered.answer) continue;
    const Judgement* known = store.find(judgement_key(settings, answered.item, {*answered.answer}));
    if (known == nullptr) continue;
    const auto without = std::ranges::count(known->votes, kNoVerdict);
    found.no_verdict += without;
    if (!known->score) continue;
    answered.judged = known->score;
    ++found.answers;
    const bool in_range =
        std::ranges::all_of(known->votes, [](int64_t vote) { return vote >= 0 && vote < kGrades; });
    if (in_range && std::ssize(known->votes) == found.votes) votes.push_back(known->votes);
  }
  const Agreement agreement = agreement_of(votes, kGrades);
  found.fleiss = agreement.fleiss;
  found.quadratic = agreement.quadratic;
  return found;
}

void grade_alike(std::span<std::vector<AnsweredItem>* const> systems) {
  struct GroupOfSystem {
    std::vector<AnsweredItem*> items;
    bool answered = false, graded = false;
  };
  std::map<std::string, std::vector<GroupOfSystem>> groups;
  for (size_t i = 0; i < systems.size(); ++i) {
    for (AnsweredItem& answered : *systems[i]) {
      const data::Item& item = answered.item;
      if (!is_judged(item, {})) continue;
      std::vector<GroupOfSystem>& of_systems =
          groups[fmt::format("{} ({}, {})", item.task, item.variant, name_of(item.configuration))];
      of_systems.resize(systems.size());
      GroupOfSystem& group = of_systems[i];
      group.items.push_back(&answered);
      group.answered |= answered.answer.has_value();
      group.graded |= answered.judged.has_value();
    }
  }
  for (const auto& [name, of_systems] : groups) {
    const auto answered = std::ranges::count(of_systems, true, &GroupOfSystem::answered);
    const auto graded = std::ranges::count(of_systems, true, &GroupOfSystem::graded);
    if (graded == 0) continue;
    if (graded < answered) {
      fail_usage("grades of all systems' answers to " + name,
                 fmt::format("grades of {} of {} systems", graded, answered));
    }
    for (const GroupOfSystem& group : of_systems) {
      if (group.answered) continue;
      for (AnsweredItem* item : group.items) item->judged = 0;
    }
  }
}

}  // namespace auris::eval
