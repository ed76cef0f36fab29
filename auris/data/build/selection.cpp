#include "auris/data/build/selection.h"

#include <algorithm>
#include <map>

#include "auris/base/stable_hash.h"
#include "auris/data/tasks/wordings.h"

namespace auris::data {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool is_closed(AnswerKind answer) { return answer == AnswerKind::kLabel || answer == AnswerKind::kNumber; }

}  // namespace

std::string split_of(const Clip& clip) {
  if (!clip.split.empty()) return clip.split;
  const std::string words = spoken_words(clip);
  const std::string together = !clip.dialogue.empty() ? clip.dialogue : words.empty() ? clip.id : words + ' ';
  const uint64_t tenth = stable_hash(together) % 10;
  return tenth == 0 ? "test" : tenth == 1 ? "dev" : "train";
}

Selection::Selection(const Recipe& recipe, const ItemBuilder& builder, const Dialogues& dialogues)
    : recipe_(recipe), builder_(builder), dialogues_(dialogues) {
  for (size_t rule = 0; rule < recipe.rules.size(); ++rule) {
    const ItemRule& wanted = recipe.rules[rule];
    if (!wanted.responses.empty()) {
      const auto responses = std::make_shared<ResponseItems>(wanted.responses);
      picks_.push_back({.rule = rule,
                        .configuration = responses->configuration(),
                        .candidates = {},
                        .taken = {},
                        .responses = responses});
      continue;
    }
    for (Configuration configuration : wanted.configurations) {
      picks_.push_back(
          {.rule = rule, .configuration = configuration, .candidates = {}, .taken = {}, .responses = {}});
    }
  }
}

std::variant<PlannedItem, Rejection> Selection::plan(const Pick& pick, const Clip& clip,
                                                     const std::string& split) const {
  const Task& task = task_named(recipe_.rules[pick.rule].task);
  PlannedItem item;
  if (pick.responses) {
    auto planned = pick.responses->plan(task, clip);
    if (std::holds_alternative<Rejection>(planned)) return std::get<Rejection>(std::move(planned));
    ResponseItem& found = std::get<ResponseItem>(planned);
    item = {.item = std::move(found.item), .logits = found.logits};
  } else {
    item.earlier = dialogues_.before(clip, static_cast<size_t>(recipe_.rules[pick.rule].exchanges));
    auto planned =
        builder_.plan(task, pick.configuration, clip, item.earlier, instruction_language(pick, clip));
    if (std::holds_alternative<Rejection>(planned)) return std::get<Rejection>(std::move(planned));
    item.item = std::get<Item>(std::move(planned));
  }
  item.item.split = split;
  return item;
}

std::string Selection::instruction_language(const Pick& pick, const Clip& clip) const {
  const std::string& wanted = recipe_.rules[pick.rule].instruction_language;
  if (wanted != kLanguageOfClip) return wanted;
  const bool can = find_wordings(clip.language) != nullptr &&
                   (pick.configuration == Configuration::kTextAudio || builder_.speaks(clip.language));
  return can ? clip.language : "en";
}

bool Selection::fits(const ItemRule& rule, const Clip& clip, const std::string& split) const {
  const double duration_s = clip.duration_s + (clip.second ? clip.second->duration_s : 0);
  return duration_s >= rule.min_duration_s && duration_s <= rule.max_duration_s &&
         holds(rule.sources, clip.source) && holds(rule.languages, clip.language) &&
         holds(rule.splits, split) && (!rule.last_turns || dialogues_.is_last(clip));
}

uint64_t Selection::rank_of(const std::string& id) const { return stable_hash(id, recipe_.seed); }

bool Selection::chooses() const {
  return std::ranges::any_of(recipe_.rules, [](const ItemRule& rule) { return rule.count.has_value(); });
}

void Selection::offer(const Clip& clip) {
  const std::string split = split_of(clip);
  for (Pick& pick : picks_) {
    const ItemRule& rule = recipe_.rules[pick.rule];
    if (!rule.count || !fits(rule, clip, split)) continue;
    const auto planned = plan(pick, clip, split);
    if (std::holds_alternative<Rejection>(planned)) continue;
    const Item& item = std::get<PlannedItem>(planned).item;
    const bool closed = is_closed(task_named(rule.task).variant(item.variant).answer);
    pick.candidates.push_back({.rank = rank_of(item.id), .answer = closed ? item.answer : ""});
  }
}

// Round by round each answer gives its first candidate that is left, until enough are taken.
void Selection::settle(Pick& pick, int64_t count) const {
  std::map<std::string, std::vector<uint64_t>> by_answer;
  for (const Candidate& candidate : pick.candidates) by_answer[candidate.answer].push_back(candidate.rank);
  for (auto& [answer, ranks] : by_answer) std::sort(ranks.begin(), ranks.end());
  const size_t wanted = std::min(static_cast<size_t>(count), pick.candidates.size());
  for (size_t round = 0; pick.taken.size() < wanted; ++round) {
    std::vector<uint64_t> next;
    for (const auto& [answer, ranks] : by_answer) {
      if (round < ranks.size()) next.push_back(ranks[round]);
    }
    std::sort(next.begin(), next.end());
    next.resize(std::min(next.size(), wanted - pick.taken.size()));
    pick.taken.insert(pick.taken.end(), next.begin(), next.end());
  }
  std::sort(pick.taken.begin(), pick.taken.end());
  pick.candidates = {};
}

void Selection::settle() {
  for (Pick& pick : picks_) {
    if (const auto count = recipe_.rules[pick.rule].count) settle(pick, *count);
  }
}

std::vector<PlannedItem> Selection::items_of(const Clip& clip, const RejectionSink& rejected) const {
  const std::string split = split_of(clip);
  std::vector<PlannedItem> items;
  for (const Pick& pick : picks_) {
    const ItemRule& rule = recipe_.rules[pick.rule];
    if (!fits(rule, clip, split)) continue;
    auto planned = plan(pick, clip, split);
    if (std::holds_alternative<Rejection>(planned)) {
      rejected(std::get<Rejection>(std::move(planned)));
      continue;
    }
    PlannedItem& item = std::get<PlannedItem>(planned);
    if (!rule.count || std::ranges::binary_search(pick.taken, rank_of(item.item.id)))
      items.push_back(std::move(item));
  }
  return items;
}

}  // namespace auris::data
