#pragma once
// Writes samples into tar shards of about the same size, and their index. Shards appear one by one when they
// are full, each with its own rows beside it; so what was interrupted goes on behind the last whole shard,
// and ends with the same bytes.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "auris/data/shards/shard_index.h"
#include "auris/data/shards/tar.h"

namespace auris::data {

struct ShardOptions {
  uint64_t shard_bytes = uint64_t{1} << 30;  // a shard is closed when it has at least as many
};

class ShardWriter {
 public:
  // Makes the folder. Whole shards that lie in it are kept: resumed() samples are there already, and the same
  // samples as before are to follow them. kInput if what lies there is damaged, or was finished (it has an
  // index).
  explicit ShardWriter(std::filesystem::path folder, const ShardOptions& options = {});

  uint64_t resumed() const { return resumed_; }
  // The key of the last of them; empty if there are none.
  const std::string& resumed_key() const { return resumed_key_; }
  uint64_t samples() const { return rows_.size(); }

  // Keys without dots, of at most 80 bytes (kUsage).
  void add(const Sample& sample);
  // Closes the last shard and writes the index.
  void finish();

 private:
  void close_shard();
  std::string last_key() const;

  std::filesystem::path folder_;
  ShardOptions options_;
  std::vector<SamplePlace> rows_;
  std::vector<ShardFile> shards_;
  size_t shard_begin_ = 0;  // first row of the open shard
  uint64_t resumed_ = 0;
  std::string resumed_key_;
  std::unique_ptr<TarWriter> tar_;
};

}  // namespace auris::data
