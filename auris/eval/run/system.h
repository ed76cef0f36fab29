#pragma once
// A system under test: anything that answers items.

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/data/items/loaded_item.h"

namespace auris::eval {

using data::LoadedItem;

struct SystemAnswer {
  std::string answer = {};
  std::string transcript = {};  // what was heard in the last turn; empty if the system does not write it down
  bool truncated = false;
  std::map<std::string, double> probabilities = {};  // of each label, if the system chose from the labels
};

class System {
 public:
  virtual ~System() = default;

  // How reports call it.
  virtual std::string name() const = 0;
  // All that could change an answer: models with their fingerprints, generation settings, prompts' version.
  virtual nlohmann::ordered_json settings() const = 0;
  // The last turn's answer. kInput for an item that it cannot answer; kNetwork while it is out of reach.
  virtual SystemAnswer answer(const LoadedItem& asked) = 0;
};

// SHA-256 over settings, task and its version, prompt, and the decoded recording; of conversations also over
// all turns before and their recordings.
std::string prediction_key(const nlohmann::ordered_json& settings, const LoadedItem& asked);

}  // namespace auris::eval
