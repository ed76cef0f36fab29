#include "auris/data/shards/shard_merge.h"

#include <memory>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/shards/shard_reader.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::remove(to, error);
  fs::create_hard_link(from, to, error);
  if (!error) return;
  fs::path part = to;
  part += ".part";
  fs::copy_file(from, part, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(part, to, error);
  if (!error) return;
  throw Error(ErrorCode::kInput, {.where = "merge",
                                  .expected = fmt::format("to link or copy {}", quoted(from.string())),
                                  .got = error.message(),
                                  .hint = ""});
}

}  // namespace

void merge_shards(const std::vector<fs::path>& parts, const fs::path& folder) {
  if (parts.empty()) {
    throw Error(ErrorCode::kUsage,
                {.where = "merge", .expected = "at least one part", .got = "none", .hint = ""});
  }
  if (fs::exists(folder / ShardIndex::kFileName)) {
    throw Error(ErrorCode::kInput, {.where = "merge",
                                    .expected = "a folder without finished data",
                                    .got = quoted(folder.string()),
                                    .hint = "choose another folder"});
  }
  std::vector<std::unique_ptr<ShardReader>> readers;
  readers.reserve(parts.size());
  for (const fs::path& part : parts) readers.push_back(std::make_unique<ShardReader>(part));
  std::vector<SamplePlace> rows;
  std::vector<ShardFile> shards;
  std::vector<fs::path> sources;
  for (size_t part = 0; part < parts.size(); ++part) {
    const ShardIndex& index = readers[part]->index();
    const auto first = static_cast<uint32_t>(shards.size());
    for (uint64_t i = 0; i < index.size(); ++i) {
      rows.push_back(index[i]);
      rows.back().shard += first;
    }
    for (const ShardFile& shard : index.shards()) {
      sources.push_back(parts[part] / shard.file);
      shards.push_back({.file = fmt::format("shard-{:05}.tar", shards.size()), .bytes = shard.bytes});
    }
  }
  fs::create_directories(folder);
  for (size_t i = 0; i < shards.size(); ++i) link_or_copy(sources[i], folder / shards[i].file);
  write_index(folder / ShardIndex::kFileName, rows, shards);
}

}  // namespace auris::data
