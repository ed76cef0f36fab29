#pragma once
// Writes mono WAV files.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "auris/audio/audio_clip.h"

namespace auris::audio {

enum class WavEncoding { kPcm16, kFloat32 };

// Streams samples into a file that appears under its name only when finish() has written all of it; until
// then, and after any failure, it is NAME.part. Samples beyond +-1 are limited in PCM16; NaN becomes 0.
class WavWriter {
 public:
  // Throws kUsage if the file cannot be made or the rate is not positive.
  WavWriter(std::filesystem::path path, int sample_rate_hz, WavEncoding encoding = WavEncoding::kPcm16);
  ~WavWriter();  // removes NAME.part if finish() was not reached
  WavWriter(const WavWriter&) = delete;
  WavWriter& operator=(const WavWriter&) = delete;

  // Throws kUsage when the disk is full or the file passes the 4 GiB of the format.
  void write(std::span<const float> samples);
  void finish();

 private:
  void write_header();
  [[noreturn]] void fail(const char* got) const;

  std::filesystem::path path_;
  std::filesystem::path part_;
  std::ofstream file_;
  int sample_rate_hz_;
  WavEncoding encoding_;
  uint64_t data_bytes_ = 0;
  bool finished_ = false;
};

void write_wav(const std::filesystem::path& path, const AudioClip& clip,
               WavEncoding encoding = WavEncoding::kPcm16);

// The same file in memory, PCM16. kUsage as above.
std::string wav_bytes(const AudioClip& clip);

}  // namespace auris::audio
