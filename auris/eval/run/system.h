#pragma once
// A system under test: anything that answers items.

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/audio/audio_clip.h"
#include "auris/data/items/item.h"

namespace auris::eval {

struct SystemAnswer {
  std::string answer = {};
  std::string transcript = {};  // what was heard; empty if the system does not write it down
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
  // kInput for an item that it cannot answer; kNetwork while it is out of reach.
  virtual SystemAnswer answer(const data::Item& item, const audio::AudioClip& recording) = 0;
};

// SHA-256 over settings, task and its version, prompt, and the decoded recording.
std::string prediction_key(const nlohmann::ordered_json& settings, const data::Item& item,
                           const audio::AudioClip& recording);

}  // namespace auris::eval
