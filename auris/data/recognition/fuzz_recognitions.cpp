#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "auris/data/recognition/recognition_cache.h"

// Any bytes can be read, and what is added behind them is found again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  const auto path =
      std::filesystem::temp_directory_path() / ("auris-fuzz-recognitions-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const Heard heard{.key = "fresh", .text = "a", .language = "en", .language_probability = 0.5};
  { RecognitionCache(path).add(heard); }
  const RecognitionCache again(path);
  const Heard* found = again.find("fresh");
  const bool equal = found != nullptr && *found == heard;
  std::filesystem::remove(path);
  if (!equal) __builtin_trap();
  return 0;
}
