#pragma once
// Samples by number, from shards that are mapped into memory when they are first asked for.

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "auris/base/mapped_file.h"
#include "auris/data/shards/shard_index.h"

namespace auris::data {

class ShardReader {
 public:
  // The folder of an index. kInput if a shard is missing or is shorter than the index says.
  explicit ShardReader(const std::filesystem::path& folder);

  uint64_t size() const { return index_.size(); }
  const ShardIndex& index() const { return index_; }
  // From any thread. kInput, naming shard and place, if it is damaged.
  Sample read(uint64_t index) const;
  // With its first file only (an item, before its recordings), for passes over a whole data set.
  Sample read_first_file(uint64_t index) const;

 private:
  Sample read_files(uint64_t index, size_t max_files) const;
  std::shared_ptr<const MappedFile> shard(uint32_t number) const;

  std::filesystem::path folder_;
  ShardIndex index_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const MappedFile>> mapped_;
};

}  // namespace auris::data
