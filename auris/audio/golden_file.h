#pragma once
// For tests: reads the f32 tensors of a golden file in tests/golden/audio (safetensors: a u64 length, a JSON
// header, the data). The weights folder, which has the real reader, is above this one.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/source_folder.h"

namespace auris::audio {

struct GoldenTensor {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

inline std::map<std::string, GoldenTensor> read_golden(const std::string& name) {
  std::map<std::string, GoldenTensor> tensors;
  std::ifstream file(std::string(AURIS_SOURCE_DIR) + "/tests/golden/audio/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  uint64_t header_bytes = 0;
  file.read(reinterpret_cast<char*>(&header_bytes), 8);
  std::string header(header_bytes, '\0');
  file.read(header.data(), static_cast<std::streamsize>(header_bytes));
  const nlohmann::json entries = nlohmann::json::parse(header);
  for (const auto& [key, entry] : entries.items()) {
    if (key == "__metadata__") continue;
    GoldenTensor tensor{.shape = entry["shape"].get<std::vector<int64_t>>(), .values = {}};
    uint64_t begin = entry["data_offsets"][0];
    uint64_t end = entry["data_offsets"][1];
    tensor.values.resize((end - begin) / sizeof(float));
    file.seekg(static_cast<std::streamoff>(8 + header_bytes + begin));
    file.read(reinterpret_cast<char*>(tensor.values.data()), static_cast<std::streamsize>(end - begin));
    EXPECT_TRUE(file.good()) << key;
    tensors[key] = std::move(tensor);
  }
  return tensors;
}

}  // namespace auris::audio
