#pragma once
// The results that LLaSO released, folder by folder, as answered items of Auris' tasks.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "auris/eval/import/llaso_file.h"
#include "auris/eval/import/llaso_tests.h"
#include "auris/eval/score/scorer.h"

namespace auris::eval {

struct LlasoAnswers {
  const LlasoTest* test = nullptr;
  std::string file;  // "ASR_test.json"
  int64_t records = 0;
  std::vector<AnsweredItem> items;  // references as they are in the file: "Irish."
  std::vector<data::Rejection> rejected;
};

struct LlasoJudged {
  const LlasoTest* test = nullptr;
  std::string file;
  LlasoJudgements judgements;
};

struct LlasoSystem {
  std::string name;  // of its folder
  std::vector<LlasoAnswers> answers;
  std::vector<LlasoJudged> judged;
  std::vector<std::string> other_files;  // that are no tests; not read
};

// The folders of systems in `folder`: itself if it holds test files, else its results/, else those below it
// that do; by name. kInput if there is none.
std::vector<std::filesystem::path> llaso_system_folders(const std::filesystem::path& folder);

// Items whose reference the corrected mode cannot score are rejected: one that is no label of its task
// ("unknown_label") or no number of its range ("no_number"). LLaSO's scripts take every reference for a
// label.
void reject_unknown_references(LlasoSystem& system);

// kInput if a file cannot be read.
LlasoSystem read_llaso_system(const std::filesystem::path& folder);

}  // namespace auris::eval
