#pragma once
// What a reader of recordings may do and what it found.

#include <cstdint>
#include <string>

namespace auris::audio {

// 1.6 kbit/s; codecs for speech begin at 6.
inline constexpr double kDenseBytesPerS = 200;

// Beyond a limit the reader throws kInput and names the limit; nothing is ever cut silently. Limits hold
// while decoding, whatever a header claims.
struct DecodeOptions {
  int sample_rate_hz = 16000;  // of the result; 0 = the recording's own
  int channel = -1;            // take this channel, counted from 0; -1 = the mean of all

  double max_seconds = 6 * 3600.0;
  // Of a whole clip (decode_audio) whose file has less than kDenseBytesPerS: so little holds only silence,
  // but makes as much memory as speech.
  double max_dense_seconds = 1800;
  int max_channels = 32;
  int max_rate_hz = 768000;
  int min_rate_hz = 1000;
  uint64_t max_file_bytes = uint64_t{8} << 30;
  uint64_t max_buffer_bytes = uint64_t{512}
                              << 20;  // memory for MP4 from a pipe, whose index may stand at the end

  // Bytes that no magic, no frame header marks as another format are raw G.722 (64 kbit/s, 16 kHz). A file
  // name that ends in .g722 or .722 says the same.
  bool expect_g722 = false;
};

struct DecodeReport {
  std::string format;      // "wav", "flac", "mp3", "ogg", "webm", "mp4", "aac", "g722"
  std::string codec;       // libavcodec's name: "pcm_s16le", "opus", ...
  int sample_rate_hz = 0;  // of the recording, not of the result
  int channels = 0;
  double duration_s = 0;        // decoded so far
  bool truncated = false;       // the recording ends before its own end mark or length
  int64_t damaged_packets = 0;  // left out because they could not be decoded
  int64_t non_finite = 0;       // samples that were NaN or infinite and became 0
  double clipped_share = 0;     // share of samples (of all channels) at or beyond 0.9999 of full scale
};

}  // namespace auris::audio
