#pragma once
// For tests: the files of tests/golden/text.

#include <string>

#ifndef AURIS_SOURCE_DIR
#error "define AURIS_SOURCE_DIR for programs that read golden files"
#endif

namespace auris::text {

inline std::string golden_path(const std::string& file) {
  return AURIS_SOURCE_DIR "/tests/golden/text/" + file;
}

}  // namespace auris::text
