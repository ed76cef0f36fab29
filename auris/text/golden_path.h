#pragma once
// For tests: the files of tests/golden/text.

#include <string>

#include "tests/source_folder.h"

namespace auris::text {

inline std::string golden_path(const std::string& file) {
  return AURIS_SOURCE_DIR "/tests/golden/text/" + file;
}

}  // namespace auris::text
