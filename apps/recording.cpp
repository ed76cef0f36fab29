#include "apps/recording.h"

#include "auris/audio/decode.h"
#include "auris/base/log.h"

namespace auris::apps {

void add_recording_flags(CLI::App& command, RecordingFlags& flags) {
  command.add_flag("--g722", flags.g722, "Recordings of no known format are raw G.722, as from a pipe");
}

audio::AudioClip read_recording(const std::string& name, const RecordingFlags& flags) {
  audio::AudioSource source =
      name == "-" ? audio::AudioSource::standard_input() : audio::AudioSource::file(name);
  audio::DecodeReport report;
  audio::AudioClip clip = audio::decode_audio(source, {.expect_g722 = flags.g722}, &report);
  log(LogLevel::kInfo, "{}: {} ({}), {} Hz, {} channels, {:.2f} s", name, report.format, report.codec,
      report.sample_rate_hz, report.channels, report.duration_s);
  if (report.truncated) log(LogLevel::kWarning, "{}: ends before its own end; what is there was read", name);
  if (report.damaged_packets > 0) {
    log(LogLevel::kWarning, "{}: {} damaged packets were left out", name, report.damaged_packets);
  }
  if (report.non_finite > 0)
    log(LogLevel::kWarning, "{}: {} samples that are no numbers became 0", name, report.non_finite);
  return clip;
}

std::shared_ptr<const audio::AudioClip> read_shared_recording(const std::string& name,
                                                              const RecordingFlags& flags) {
  return std::make_shared<const audio::AudioClip>(read_recording(name, flags));
}

}  // namespace auris::apps
