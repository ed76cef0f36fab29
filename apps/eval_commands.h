#pragma once
// The commands of `auris eval` that have files of their own.

#include <string>

#include "apps/program.h"

namespace auris::apps {

void add_eval_run(Program& program, CLI::App* group);
void add_eval_merge(Program& program, CLI::App* group);
void add_eval_judge(Program& program, CLI::App* group);
void add_eval_import(Program& program, CLI::App* group);
void add_eval_compare(Program& program, CLI::App* group);
void add_eval_report(Program& program, CLI::App* group);

// --mode corrected|llaso
void add_score_mode(CLI::App* command, std::string& mode);

}  // namespace auris::apps
