#pragma once
// Where each sample of a data set lies: a file of fixed rows behind a header, mapped into memory, so that
// many millions open at once and nothing is read before it is asked for.
//
//   bytes 0-7    "AURISIX1"
//   8-15         rows
//   16-23        where the list of shards begins (behind the rows)
//   24-31        bytes of that list
//   32-          rows of 32 bytes: offset u64, bytes u32, shard u32, duration_s f32, text_tokens u32,
//   audio_tokens u32, 0 list         JSON: [{"file": "shard-00000.tar", "bytes": 1073741824}, ...]
//
// All numbers are little-endian.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "auris/base/mapped_file.h"
#include "auris/data/shards/sample.h"

namespace auris::data {

struct ShardFile {
  std::string file;  // beside the index
  uint64_t bytes = 0;

  bool operator==(const ShardFile&) const = default;
};

struct SamplePlace {
  uint64_t offset = 0;  // of its first file's header in the shard
  uint32_t bytes = 0;   // to the end of its last file
  uint32_t shard = 0;
  SampleFacts facts;

  bool operator==(const SamplePlace&) const = default;
};

class ShardIndex {
 public:
  static constexpr size_t kHeaderBytes = 32, kRowBytes = 32;
  static constexpr const char* kFileName = "index.bin";

  // kInput if it is no such file. The rows are checked when they are asked for.
  static ShardIndex open(const std::filesystem::path& path);
  // The same for bytes in memory, which must outlive the object.
  static ShardIndex parse(std::span<const std::byte> bytes, const std::string& where);

  uint64_t size() const { return rows_; }
  const std::vector<ShardFile>& shards() const { return shards_; }
  // kUsage beyond the last one; kInput if the row lies outside its shard.
  SamplePlace operator[](uint64_t index) const;

 private:
  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> bytes_;
  std::string where_;
  uint64_t rows_ = 0;
  std::vector<ShardFile> shards_;
};

// Writes an index that appears when it is whole.
void write_index(const std::filesystem::path& path, std::span<const SamplePlace> rows,
                 std::span<const ShardFile> shards);

}  // namespace auris::data
