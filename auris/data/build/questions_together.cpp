#include "auris/data/build/questions_together.h"

#include <algorithm>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"

namespace auris::data {
namespace {

bool can_join(const PlannedItem& planned) {
  return task_named(planned.item.task).recordings == 1 &&
         planned.item.configuration == Configuration::kTextAudio && planned.item.history.empty() &&
         planned.logits.empty() && planned.item.voice.empty() && !planned.item.instruction.empty();
}

// The first one's recording and question, then the others' questions as they are read.
PlannedItem joined(const std::vector<PlannedItem>& items) {
  PlannedItem last = items.back();
  const Item& first = items.front().item;
  last.item.history.push_back(asked_turn(first));
  last.item.history.push_back({.role = Role::kAssistant, .text = first.answer});
  for (size_t i = 1; i + 1 < items.size(); ++i) {
    last.item.history.push_back({.text = items[i].item.instruction});
    last.item.history.push_back({.role = Role::kAssistant, .text = items[i].item.answer});
  }
  last.item.prompt = last.item.instruction;
  return last;
}

}  // namespace

std::vector<PlannedItem> together(std::vector<PlannedItem> items, const Recipe& recipe) {
  if (recipe.questions_together < 2 || items.size() < 2) return items;
  std::vector<PlannedItem> out, questions;
  for (PlannedItem& planned : items) (can_join(planned) ? questions : out).push_back(std::move(planned));
  if (questions.empty()) return out;
  Rng rng(stable_hash(questions.front().item.clip + "/together", recipe.seed));
  for (size_t i = questions.size(); i > 1; --i) {
    std::swap(questions[i - 1], questions[static_cast<size_t>(rng.below(i))]);
  }
  const auto most = static_cast<size_t>(recipe.questions_together);
  for (size_t begin = 0; begin < questions.size(); begin += most) {
    const size_t end = std::min(begin + most, questions.size());
    std::vector<PlannedItem> some(
        std::make_move_iterator(questions.begin() + static_cast<std::ptrdiff_t>(begin)),
        std::make_move_iterator(questions.begin() + static_cast<std::ptrdiff_t>(end)));
    out.push_back(some.size() == 1 ? std::move(some.front()) : joined(some));
  }
  return out;
}

}  // namespace auris::data
