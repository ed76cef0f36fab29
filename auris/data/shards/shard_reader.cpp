#include "auris/data/shards/shard_reader.h"

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/shards/tar.h"

namespace auris::data {
namespace {

[[noreturn]] void fail(const std::string& where, std::string expected, std::string got) {
  throw Error(ErrorCode::kInput, {.where = where,
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = "build the data again"});
}

}  // namespace

ShardReader::ShardReader(const std::filesystem::path& folder)
    : folder_(folder),
      index_(ShardIndex::open(folder / ShardIndex::kFileName)),
      mapped_(index_.shards().size()) {
  for (const ShardFile& shard : index_.shards()) {
    std::error_code error;
    const uint64_t bytes = std::filesystem::file_size(folder_ / shard.file, error);
    if (error) fail(shard.file, "a shard of the index", error.message());
    if (bytes != shard.bytes)
      fail(shard.file, fmt::format("{} bytes", shard.bytes), fmt::format("{}", bytes));
  }
}

std::shared_ptr<const MappedFile> ShardReader::shard(uint32_t number) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const MappedFile>& file = mapped_[number];
  if (!file) file = MappedFile::open(folder_ / index_.shards()[number].file, ErrorCode::kInput);
  return file;
}

Sample ShardReader::read(uint64_t index) const { return read_files(index, SIZE_MAX); }

Sample ShardReader::read_first_file(uint64_t index) const { return read_files(index, 1); }

Sample ShardReader::read_files(uint64_t index, size_t max_files) const {
  const SamplePlace place = index_[index];
  const auto file = shard(place.shard);
  const std::string where = fmt::format("{}, sample {}", index_.shards()[place.shard].file, index);
  if (file->bytes().size() < place.offset + place.bytes) fail(where, "a whole shard", "a shorter one");
  Sample sample;
  sample.facts = place.facts;
  const auto bytes = file->bytes().subspan(place.offset, place.bytes);
  for (auto& [name, content] : read_tar(bytes, where, max_files)) {
    const size_t slash = name.rfind('/');
    const size_t dot = name.find('.', slash == std::string::npos ? 0 : slash);
    if (dot == std::string::npos) fail(where, "files named KEY.EXTENSION", quoted(name));
    std::string key = name.substr(0, dot);
    if (!sample.files.empty() && key != sample.key)
      fail(where, "files of " + quoted(sample.key), quoted(name));
    sample.key = std::move(key);
    sample.files.push_back({.extension = name.substr(dot + 1), .content = std::move(content)});
  }
  return sample;
}

}  // namespace auris::data
