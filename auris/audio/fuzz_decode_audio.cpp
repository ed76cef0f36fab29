// Any bytes through the decoder, from memory or, when they fit into the buffer of a pipe, as a stream. The
// number of bytes chooses, so that seeds are plain recordings: the source, whether G.722 is expected, and
// whether to resample. Limits are low, because a few bytes of FLAC or Opus can stand for minutes of silence,
// in which nothing is found.

#include <unistd.h>

#include <vector>

#include "auris/audio/audio_reader.h"
#include "auris/base/error.h"

namespace {

using auris::audio::AudioReader;
using auris::audio::AudioSource;

constexpr size_t kPipeBytes = 60000;  // a pipe of Linux holds 65536

void read_all(const AudioSource& source, size_t choice) {
  static std::vector<float> block(4096);
  try {
    AudioReader reader(source, {.sample_rate_hz = choice / 2 % 4 == 0 ? 16000 : 0,
                                .max_seconds = 2,
                                .max_channels = 8,
                                .max_rate_hz = 96000,
                                .max_buffer_bytes = 1 << 20,
                                .expect_g722 = choice % 2 == 0});
    while (reader.read(block) > 0) {
    }
  } catch (const auris::Error& error) {
    if (error.code() == auris::ErrorCode::kInternal) __builtin_trap();
  }
}

// False if the bytes do not fit.
bool read_from_pipe(std::span<const std::byte> bytes) {
  int ends[2];
  if (bytes.size() > kPipeBytes || ::pipe(ends) != 0) return false;
  bool written = ::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  ::close(ends[1]);
  if (written) read_all(AudioSource::stream(ends[0], "pipe"), bytes.size());
  ::close(ends[0]);
  return written;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  bool streamed = size / 8 % 4 == 3 && read_from_pipe(bytes);
  if (!streamed) read_all(AudioSource::memory(bytes), size);
  return 0;
}
