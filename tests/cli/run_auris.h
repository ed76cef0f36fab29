#pragma once
// Runs the built `auris` program as a user would and collects what it prints.

#include <cstddef>
#include <string>
#include <vector>

#include "auris/base/sanitized.h"

namespace auris::tests {

struct ProgramResult {
  int exit_code = -1;  // 128 + signal if it was killed
  std::string out;
  std::string err;
  size_t peak_bytes = 0;  // of memory
};

struct ProgramInput {
  std::vector<std::string> arguments;
  std::string standard_input;
  std::vector<std::string> environment;  // "NAME=value", added to the test's own
  std::string program = AURIS_PROGRAM;
};

// Ends the program after timeout_s and reports exit code -1.
ProgramResult run_auris(const ProgramInput& input, double timeout_s = kSanitized ? 1100 : 120);

}  // namespace auris::tests
