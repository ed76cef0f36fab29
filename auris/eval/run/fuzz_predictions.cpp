#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "auris/eval/run/prediction_store.h"

// Any bytes can be read, and what is added behind them is found again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::eval;
  const auto path =
      std::filesystem::temp_directory_path() / ("auris-fuzz-predictions-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  { PredictionStore(path).add({.key = "fresh", .item = "a", .answer = "b"}); }
  const bool found = PredictionStore(path).find("fresh") != nullptr;
  std::filesystem::remove(path);
  if (!found) __builtin_trap();
  return 0;
}
