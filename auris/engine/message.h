#pragma once
// One turn of a conversation.

#include <memory>
#include <string>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::engine {

using Clip = std::shared_ptr<const audio::AudioClip>;  // mono, 16 kHz

struct Message {
  std::string role;  // "system", "user", "assistant" or "tool"
  std::string content;
  std::vector<Clip> audio = {};  // recordings beside the text, for models that hear
};

}  // namespace auris::engine
