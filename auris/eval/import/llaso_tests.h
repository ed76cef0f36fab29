#pragma once
// The 44 test files of LLaSO's evaluation set and the tasks that they belong to.

#include <string_view>
#include <vector>

#include "auris/data/tasks/task.h"

namespace auris::eval {

struct LlasoTest {
  std::string_view name;  // "vctk_gender_classification"; the file is NAME_test.json or .jsonl
  std::string_view task, variant;
  data::Configuration configuration = data::Configuration::kTextAudio;
  bool counts_abstention = false;  // one of the 19 that the published rate is the mean of
};

// By name.
const std::vector<LlasoTest>& llaso_tests();
// For a file name, with or without folder; nullptr if it is none of them.
const LlasoTest* llaso_test_of(std::string_view file_name);

}  // namespace auris::eval
