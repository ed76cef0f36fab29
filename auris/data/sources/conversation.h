#pragma once
// Conversations as data sets publish them, turn by turn, into clips.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "auris/data/items/earlier_turn.h"
#include "auris/data/manifest/clip.h"

namespace auris::data {

struct ConversationClip {
  Clip clip;             // dialogue, turn, what is written, reply and follow-ups; all else is `about`'s
  size_t turn = 0;       // place of its turn
  size_t recording = 0;  // how many recordings were heard before it
};

// A clip for each turn of the user with <audio>, called about.id/turn-N; turns without are follow-ups of the
// clip before them. What is written is kept as it is, so that the questions are asked in the same words
// again. kInput, naming `where`, unless user and assistant take turns, the user begins, and with a recording.
std::vector<ConversationClip> clips_of_conversation(const std::vector<EarlierTurn>& turns, const Clip& about,
                                                    const std::string& where);

}  // namespace auris::data
