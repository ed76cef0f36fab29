#pragma once
// How long every example of a data set is, in tokens of the model that learns from it: what packing asks
// before anything is decoded. Counted once for a data set and a way to count, and kept as a file:
//
//   bytes 0-7    "AURISLN1"
//   8-15         rows
//   16-23        bytes of the JSON behind the rows
//   24-          rows of 16 bytes: audio_tokens u32, text_tokens u32, audio_s f32, task u16, flags u16
//   JSON         {"key": ..., "tasks": ["speech_recognition", ...]}
//
// All numbers are little-endian.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "auris/base/mapped_file.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_reader.h"

namespace auris::train {

struct TokenCounts {
  uint32_t audio = 0;  // rows of sound
  uint32_t text = 0;   // tokens of prompt and answer

  bool operator==(const TokenCounts&) const = default;
};

struct ExampleLength {
  TokenCounts tokens;
  float audio_s = 0;     // of all its recordings
  uint16_t task = 0;     // its place in LengthTable::tasks()
  bool damaged = false;  // the item cannot be read; nothing else is known of it

  bool operator==(const ExampleLength&) const = default;

  int64_t rows() const { return int64_t{tokens.audio} + tokens.text; }  // that the language model reads
};

class LengthTable {
 public:
  // kInput if it is no such file.
  static LengthTable open(const std::filesystem::path& path);
  // The same for bytes in memory, which must outlive the object.
  static LengthTable parse(std::span<const std::byte> bytes, const std::string& where);

  uint64_t size() const { return rows_; }
  ExampleLength operator[](uint64_t row) const;  // row < size()
  const std::vector<std::string>& tasks() const { return tasks_; }
  const std::string& key() const { return key_; }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> bytes_;
  uint64_t rows_ = 0;
  std::string key_;
  std::vector<std::string> tasks_;
};

// Writes a table that appears when it is whole. kUsage for more than 65,536 tasks.
void write_lengths(const std::filesystem::path& path, std::span<const ExampleLength> rows,
                   const std::vector<std::string>& tasks, const std::string& key);

// What one example counts. May throw kInput for one that cannot be used.
using TokenCounter = std::function<TokenCounts(const data::Item&)>;

struct LengthOptions {
  // All that the counts depend on besides the data: tokenizer, chat template, front end, projector.
  std::string counter_name;
  // (examples counted, in all), now and then; false stops with kCancelled.
  std::function<bool(uint64_t, uint64_t)> progress = {};
};

// The table at `path`, which is counted first, on all compute threads, unless it is that of the same data and
// counter_name. Of items only the text is read. Items that cannot be read are marked as damaged.
LengthTable lengths_of(const data::ShardReader& data, const std::filesystem::path& path,
                       const TokenCounter& counter, const LengthOptions& options);

}  // namespace auris::train
