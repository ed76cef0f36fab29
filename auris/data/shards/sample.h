#pragma once
// A sample of training or evaluation data as it lies in a shard: files of one key.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auris::data {

struct SampleFile {
  std::string extension;  // "json", "0.flac": all behind the key's first dot
  std::string content;

  bool operator==(const SampleFile&) const = default;
};

// What sorting, batching and balancing ask before a sample is read.
struct SampleFacts {
  float duration_s = 0;  // of all its recordings
  uint32_t text_tokens = 0;
  uint32_t audio_tokens = 0;

  bool operator==(const SampleFacts&) const = default;
};

struct Sample {
  std::string key;
  std::vector<SampleFile> files;
  SampleFacts facts;
};

// The content of one of its files. kInput if it has none with this extension.
const std::string& content_of(const Sample& sample, std::string_view extension);

}  // namespace auris::data
