#pragma once
// The flags of `auris train`, which is another program's work (auris-train, the only one that links
// LibTorch): both list them, one to explain them, the other to obey them.

#include <functional>
#include <memory>
#include <string>

#include "apps/program.h"

namespace auris::apps {

struct TrainFlags {
  std::string recipe;
  std::string device = "cpu";
  std::string output;  // in the place of the recipe's
  bool check = false;
  bool hear = false;
  std::string share = "0/1";  // of what is to be heard
};

// Adds the command with its flags; `run` is called after parsing.
void add_train_command(Program& program, std::function<int(const TrainFlags& flags)> run);

}  // namespace auris::apps
