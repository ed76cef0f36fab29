#pragma once
// What a judge is asked. Question, reference and answers are quoted as data: they stand as strings in one
// JSON object, so that nothing in them can end the quotation, and the judge is told before and after it that
// nothing in it is an order.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/data/items/item.h"

namespace auris::eval {

inline constexpr int kJudgePromptVersion = 1;  // grows when the texts change

struct JudgeQuestion {
  std::string system;                // the judge's part
  std::string text;                  // the question, without how to reply
  std::vector<std::string> choices;  // the verdicts
};

// How well an answer tells what the reference tells, "1" to "5". The order of reference and answer can matter
// to a judge: it is changed from vote to vote.
JudgeQuestion grade_question(const data::Item& item, std::string_view answer, bool reference_first);

// Which of two answers is better: "A", "B" or "tie".
JudgeQuestion pair_question(const data::Item& item, std::string_view a, std::string_view b);

// The verdict of a free reply: its last line that is not blank must be "Verdict: " and one of the choices, in
// any case, aside from marks around it. A verdict further above, where a judge may quote an answer, does not
// count.
std::optional<size_t> verdict_in(std::string_view reply, std::span<const std::string> choices);

}  // namespace auris::eval
