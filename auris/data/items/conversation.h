#pragma once
// Questions that are asked in several turns, or partly in writing.

#include <optional>
#include <string>

#include "auris/data/items/item.h"

namespace auris::data {

// Whether the clip's place in a conversation, or what is written beside it, makes the task's question.
bool asks_in_turns(const Task& task, const Clip& clip);

// Of a turn that is partly written: an instruction in front of the recording is read (kTextAudio), texts
// behind it are what a heard instruction is about (kAudioText), and where there is none, or a carrier
// sentence, all is heard (kAudio).
Configuration configuration_of_written(const std::string& written);

}  // namespace auris::data
