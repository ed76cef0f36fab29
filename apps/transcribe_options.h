#pragma once
// The flags that `transcribe` and `translate` share.

#include <string>
#include <vector>

#include "apps/program.h"
#include "apps/recording.h"
#include "auris/generate/whisper/transcribe_options.h"

namespace auris::apps {

struct TranscribeFlags {
  std::vector<std::string> files;
  std::string model = "whisper-base";
  std::string task = "transcribe";
  generate::TranscribeOptions options;
  RecordingFlags recording;
  std::string device = "cpu";
  bool vad = false;
  bool no_timestamps = false;
  double temperature = 0;  // the first one tried
  bool output_txt = false, output_srt = false, output_vtt = false, output_json = false;
  std::string output_file;
};

// The flags about hearing alone, for commands that also transcribe (`ask`).
void add_hearing_flags(CLI::App& command, TranscribeFlags& flags);
// All of them, with the files and the outputs.
void add_transcribe_flags(CLI::App& command, TranscribeFlags& flags);

// What the flags say, ready for the engine. Throws kUsage.
generate::TranscribeOptions options_of(const TranscribeFlags& flags);

}  // namespace auris::apps
