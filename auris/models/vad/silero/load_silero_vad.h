#pragma once
// Silero VAD from its file.

#include <filesystem>
#include <memory>

#include "auris/audio/vad.h"
#include "auris/base/cache_folder.h"

namespace auris::models {

// The catalog's model "silero-vad".
inline std::filesystem::path silero_vad_path() {
  return model_folder() / "silero-vad" / "silero_vad_16k.safetensors";
}

// Reads silero_vad_16k.safetensors (silero-vad 6). The file may go afterwards. Throws kModel.
std::unique_ptr<audio::VoiceDetector> load_silero_vad(const std::filesystem::path& path = silero_vad_path());

// Silero VAD if it is installed, else the detector that needs no weights.
std::unique_ptr<audio::VoiceDetector> best_voice_detector();

}  // namespace auris::models
