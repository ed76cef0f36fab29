#pragma once
// Recordings as the command line names them: a path, or "-" for standard input.

#include <memory>
#include <string>

#include "auris/audio/audio_clip.h"

namespace auris::apps {

// 16 kHz mono. Logs what was wrong with a damaged file. Throws kInput.
audio::AudioClip read_recording(const std::string& name);
std::shared_ptr<const audio::AudioClip> read_shared_recording(const std::string& name);

}  // namespace auris::apps
