#pragma once
// Clips that are turns of conversations, by conversation and place (Clip::dialogue and turn).

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "auris/data/manifest/clip.h"

namespace auris::data {

struct DialogueClip {
  Clip clip;
  std::filesystem::path folder;  // of its manifest
};

// Oldest first.
using EarlierClips = std::vector<const DialogueClip*>;

// What is replied to a clip: its label "dialogue"; empty if that is not known.
const std::string& reply_to(const Clip& clip);

class Dialogues {
 public:
  // Keeps clips that are turns of a conversation, the first one of each place.
  void add(const Clip& clip, const std::filesystem::path& folder);

  // The clips that lead to this one, at most `most`: each was replied to, each follows the reply to the one
  // before it, and all replies are one person's where clips tell who speaks them. So in a talk of several
  // people whoever replies last is the assistant, and all others are the user. Stay valid.
  EarlierClips before(const Clip& clip, size_t most) const;
  // Whether the clip comes before no other.
  bool is_last(const Clip& clip) const;

 private:
  using Turns = std::map<int64_t, DialogueClip>;

  static bool leads_to(const Turns& turns, const Clip& earlier, const Clip& later);
  const Turns* turns_of(const Clip& clip) const;

  std::map<std::string, Turns> dialogues_;
};

}  // namespace auris::data
