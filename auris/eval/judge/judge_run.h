#pragma once
// Asks a judge about the answers of a system, or about those of two systems side by side, and keeps what it
// says.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "auris/eval/judge/judge.h"
#include "auris/eval/judge/judgement_store.h"
#include "auris/eval/score/scorer.h"
#include "auris/eval/statistics/bootstrap.h"

namespace auris::eval {

struct JudgeOptions {
  int votes = 3;                                        // 1 to 99
  std::vector<std::string> tasks = {};                  // ids; empty = all whose scores name a judge
  std::function<bool(int64_t, int64_t)> progress = {};  // (done, all); false stops with kCancelled
};

struct JudgeReport {
  int64_t items = 0;   // asked + reused + decided
  int64_t asked = 0;   // in this run
  int64_t reused = 0;  // judged before
  // Without asking: no answer is worth 0 and loses to one that is there; equal answers are a tie.
  int64_t decided = 0;
  int64_t failed = 0;           // without a score
  int64_t no_verdict = 0;       // votes
  int64_t order_dependent = 0;  // votes on two answers
  // Agreement of the votes (statistics/agreement.h) over judgements in which all have a verdict; NaN where
  // that says nothing. `quadratic`: of ordered grades, the mean of Cohen's kappa over all pairs of votes.
  double fleiss = 0, quadratic = 0;
  // Mean score with its interval over speakers: the grade from 0 to 1, or the share of items in which the
  // first answer was better, ties counted half.
  BootstrapEstimate score = {};
};

// Each answer is graded 1 to 5, `votes` times, reference and answer in changing order; its score is the mean
// of (grade - 1) / 4. Errors of single items are kept; a judge out of reach for three items in a row stops
// the run (kNetwork), and what it did not judge is judged by the next one.
JudgeReport judge_answers(const std::vector<AnsweredItem>& items, Judge& judge, JudgementStore& store,
                          const JudgeOptions& options = {});

// Each vote is asked twice, with the answers in both orders, and is a tie unless both say the same; a score
// is the mean of the votes, 1 for the first answer, 0 for the second, a half for a tie. kUsage unless both
// have the same items in the same order.
JudgeReport judge_pairs(const std::vector<AnsweredItem>& first, const std::vector<AnsweredItem>& second,
                        Judge& judge, JudgementStore& store, const JudgeOptions& options = {});

// Grades that a judge gave to a system's answers.
struct FoundGrades {
  int64_t answers = 0;               // with a grade
  int64_t votes = 0;                 // on each answer
  int64_t no_verdict = 0;            // votes, on answers with or without a grade
  double fleiss = 0, quadratic = 0;  // agreement of the votes, as in JudgeReport
};

// {answers, votes, no_verdict, fleiss_kappa, quadratic_kappa}
nlohmann::ordered_json to_json(const FoundGrades& grades);

// The grades that the store's last judge gave to these answers become AnsweredItem::judged. kUsage for a
// store of pairs.
FoundGrades add_judgements(std::vector<AnsweredItem>& items, const JudgementStore& store);

// Systems that are set side by side need grades for the same questions: kUsage if of a task, source and
// configuration that a judge scores one has grades and another has answers but no grades. One without any
// answer there, of which a judge has nothing to say, gets the lowest grade.
void grade_alike(std::span<std::vector<AnsweredItem>* const> systems);

}  // namespace auris::eval
