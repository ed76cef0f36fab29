#pragma once
// Recordings as the command line names them: a path, or "-" for standard input.

#include <memory>
#include <string>

#include "apps/program.h"
#include "auris/audio/audio_clip.h"

namespace auris::apps {

struct RecordingFlags {
  bool g722 = false;  // bytes of no known format are raw G.722, whatever the name
};

void add_recording_flags(CLI::App& command, RecordingFlags& flags);

// 16 kHz mono. Logs what was wrong with a damaged file. Throws kInput.
audio::AudioClip read_recording(const std::string& name, const RecordingFlags& flags = {});
std::shared_ptr<const audio::AudioClip> read_shared_recording(const std::string& name,
                                                              const RecordingFlags& flags = {});

}  // namespace auris::apps
