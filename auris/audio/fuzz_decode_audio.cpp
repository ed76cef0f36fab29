// Any bytes through the decoder: from memory, and, when they fit into the buffer of a pipe, as a stream.

#include <unistd.h>

#include "auris/audio/audio_reader.h"
#include "auris/base/error.h"

namespace {

void read_all(const auris::audio::AudioSource& source, bool expect_g722) {
  using namespace auris::audio;
  try {
    AudioReader reader(source, {.max_seconds = 20, .max_buffer_bytes = 1 << 20, .expect_g722 = expect_g722});
    std::vector<float> block(4096);
    while (reader.read(block) > 0) {
    }
  } catch (const auris::Error& error) {
    if (error.code() == auris::ErrorCode::kInternal) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using auris::audio::AudioSource;
  std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  read_all(AudioSource::memory(bytes), size % 2 == 0);
  int ends[2];
  if (size <= 60000 && ::pipe(ends) == 0) {
    bool written = ::write(ends[1], data, size) == static_cast<ssize_t>(size);
    ::close(ends[1]);
    if (written) read_all(AudioSource::stream(ends[0], "pipe"), false);
    ::close(ends[0]);
  }
  return 0;
}
