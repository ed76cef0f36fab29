#pragma once
// One question with its recording and the answer that is wanted: what training learns and evaluation asks. It
// may be the last turn of a conversation; then earlier turns may have recordings, too, or hold the only one.

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/data/items/earlier_turn.h"
#include "auris/data/manifest/clip.h"
#include "auris/data/tasks/task.h"

namespace auris::data {

struct Item {
  std::string id;       // once in a data set
  std::string task;     // "emotion_recognition"
  std::string variant;  // "crema_d"
  int64_t task_version = 1;
  Configuration configuration = Configuration::kTextAudio;
  std::vector<EarlierTurn> history;  // oldest first: user, assistant, user, assistant
  std::string
      prompt;  // the user's turn; <audio> marks the recording, once, unless `history` has the only one
  std::string answer;                   // what is wanted
  std::vector<std::string> references;  // other answers that are as good
  // For analysis, and for models that cannot hear.
  std::string instruction;  // as it is read or spoken
  std::string voice;        // who speaks it; empty if it is read
  std::string transcript;   // of the clip in the recording; empty if nobody speaks there
  std::string clip;         // its id in the manifest
  std::string source;       // of the clip
  std::string split;        // of the clip, or the one that a build chose for it
  std::string speaker;      // blocks of the statistics
  std::string language;
  double duration_s = 0;    // of the whole recording of the last turn; 0 if it has none
  double clip_start_s = 0;  // where the clip begins in it
  bool synthetic = false;   // the clip
  std::string licence;
  std::string origin;                   // of the clip
  std::string clip_sha256;              // of its sound file; empty if that was not read
  std::string second_clip_sha256;       // of the second one; empty if the clip has but one
  Consent consent = Consent::kUnknown;  // of its speaker
  std::string responder;                // the language model that wrote the answer; empty if none did

  bool operator==(const Item&) const = default;

  bool has_recording() const { return prompt.find(kAudioMark) != std::string::npos; }  // in its last turn
};

// Of the recordings of all turns.
double total_duration_s(const Item& item);

// What is wrong with the marks of prompt and history, in words; empty if nothing is.
std::string marks_problem(const Item& item);

// The question as a turn that others follow, with what the item knows of its clip; no voice and no duration
// yet.
EarlierTurn asked_turn(const Item& item);

nlohmann::ordered_json to_json(const Item& item);

// kInput, naming `where` and the field: unknown or missing fields, a task or variant that does not exist, a
// prompt with more than one <audio>, or without one if no earlier turn has one, an answer that is empty or,
// for a closed set, none of its labels.
Item item_from(const nlohmann::json& json, const std::string& where);

}  // namespace auris::data
