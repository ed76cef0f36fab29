#pragma once
// Scores of released systems, test by test as LLaSO publishes them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/eval/import/llaso_release.h"
#include "auris/eval/score/scorer.h"

namespace auris::eval {

struct LlasoTestScore {
  const LlasoTest* test = nullptr;
  int64_t records = 0, rejected = 0;  // of the answers; the score's items are the others
  std::optional<GroupScore> score;    // nothing without items
  int64_t judged_records = 0, judged = 0;
  std::optional<double> judge;  // mean of the released judgements, 1 to 5; not asked again
};

struct LlasoSystemScore {
  std::string system;
  std::vector<LlasoTestScore> tests;  // by name
  // The mean over the tests that count abstention (19 are published), and how many there are.
  std::optional<double> abstention;
  int64_t abstention_tests = 0;
};

// In the corrected mode the score of a test with word error rate has the detail "wer_plain": case and all but
// letters, digits, apostrophes and low lines folded, nothing else. Whisper's normaliser, which "wer" uses,
// also unifies numbers and contractions.
LlasoSystemScore score_llaso_system(const LlasoSystem& system, const ScoreOptions& options = {});

nlohmann::ordered_json to_json(const LlasoSystemScore& score);

// Tables in Markdown, a column for each system: every test, then the means over each task's tests.
std::string to_markdown(const std::vector<LlasoSystemScore>& scores);

}  // namespace auris::eval
