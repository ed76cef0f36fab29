#pragma once
// A turn of the conversation that an item's question belongs to.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/data/manifest/clip.h"

namespace auris::data {

size_t audio_marks_in(std::string_view text);

enum class Role { kUser, kAssistant };
std::string_view name_of(Role role);  // "user", "assistant"

struct EarlierTurn {
  Role role = Role::kUser;
  std::string text;  // the user's may hold <audio> once
  // Of its recording, if it has one.
  std::string words = {};  // all that is said in it; empty if nobody speaks or it is not known
  std::string voice = {};  // who speaks the instruction at its beginning; empty if it holds none
  std::string clip = {};   // its id in the manifest
  std::string speaker = {};
  double duration_s = 0;
  bool synthetic = false;  // the clip
  std::string licence = {};
  std::string origin = {};
  std::string clip_sha256 = {};  // of its sound file; empty if that was not read
  Consent consent = Consent::kUnknown;

  bool operator==(const EarlierTurn&) const = default;

  bool has_recording() const { return text.find(kAudioMark) != std::string::npos; }
};

// The file of an earlier turn's recording in the item's sample: "2.wav" of the third turn.
std::string recording_name(size_t turn);

nlohmann::ordered_json to_json(const std::vector<EarlierTurn>& turns);

// Turns of user and assistant by turns, the user's first. kInput, naming `where` and the field, for anything
// else: two recordings in one turn, one of the assistant, facts of a recording that is not there.
std::vector<EarlierTurn> earlier_turns_from(const nlohmann::json& list, const std::string& where);

}  // namespace auris::data
