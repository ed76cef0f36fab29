#include "auris/data/shards/shard_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxKeyBytes = 80;

std::string shard_name(size_t number) { return fmt::format("shard-{:05}.tar", number); }
std::string rows_name(size_t number) { return fmt::format("shard-{:05}.rows", number); }

void check_key(const std::string& key) {
  const bool plain = !key.empty() && key.size() <= kMaxKeyBytes && key.front() != '/' &&
                     std::all_of(key.begin(), key.end(), [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '/';
                     });
  if (plain) return;
  throw Error(ErrorCode::kUsage, {.where = "shards",
                                  .expected = "a key of at most 80 letters, digits, _ - and /",
                                  .got = quoted(key),
                                  .hint = ""});
}

}  // namespace

ShardWriter::ShardWriter(fs::path folder, const ShardOptions& options)
    : folder_(std::move(folder)), options_(options) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    throw Error(ErrorCode::kInput, {.where = "shards",
                                    .expected = "a folder that can be made",
                                    .got = fmt::format("{}: {}", quoted(folder_.string()), error.message()),
                                    .hint = ""});
  }
  if (fs::exists(folder_ / ShardIndex::kFileName)) {
    throw Error(ErrorCode::kInput, {.where = "shards",
                                    .expected = "a folder without finished data",
                                    .got = quoted(folder_.string()),
                                    .hint = "choose another folder, or remove this one"});
  }
  while (fs::exists(folder_ / rows_name(shards_.size())) &&
         fs::exists(folder_ / shard_name(shards_.size()))) {
    const ShardIndex rows = ShardIndex::open(folder_ / rows_name(shards_.size()));
    const uint64_t bytes = fs::file_size(folder_ / shard_name(shards_.size()));
    if (rows.shards() != std::vector<ShardFile>{{.file = shard_name(shards_.size()), .bytes = bytes}}) {
      throw Error(ErrorCode::kInput, {.where = shard_name(shards_.size()),
                                      .expected = "a shard as long as its rows say",
                                      .got = fmt::format("{} bytes", bytes),
                                      .hint = "remove it and its .rows, and run again"});
    }
    for (uint64_t i = 0; i < rows.size(); ++i) {
      rows_.push_back(rows[i]);
      rows_.back().shard = static_cast<uint32_t>(shards_.size());
    }
    shards_.push_back(rows.shards().front());
  }
  resumed_ = shard_begin_ = rows_.size();
  resumed_key_ = last_key();
}

std::string ShardWriter::last_key() const {
  if (rows_.empty()) return {};
  const SamplePlace& place = rows_.back();
  const std::string& name = shards_[place.shard].file;
  const auto file = MappedFile::open(folder_ / name, ErrorCode::kInput);
  const auto files = read_tar(file->bytes().subspan(place.offset, place.bytes), name);
  return files.empty() ? std::string() : files.front().first.substr(0, files.front().first.find('.'));
}

void ShardWriter::add(const Sample& sample) {
  check_key(sample.key);
  if (!tar_) tar_ = std::make_unique<TarWriter>(folder_ / shard_name(shards_.size()));
  const uint64_t begin = tar_->position();
  for (const SampleFile& file : sample.files) tar_->add(sample.key + "." + file.extension, file.content);
  rows_.push_back({.offset = begin,
                   .bytes = static_cast<uint32_t>(tar_->position() - begin),
                   .shard = static_cast<uint32_t>(shards_.size()),
                   .facts = sample.facts});
  if (tar_->position() >= options_.shard_bytes) close_shard();
}

// The shard appears before its rows: rows without a shard would be believed.
void ShardWriter::close_shard() {
  if (!tar_) return;
  tar_->commit();
  tar_.reset();
  const std::string name = shard_name(shards_.size());
  const ShardFile shard{.file = name, .bytes = fs::file_size(folder_ / name)};
  std::vector<SamplePlace> rows(rows_.begin() + static_cast<std::ptrdiff_t>(shard_begin_), rows_.end());
  for (SamplePlace& row : rows) row.shard = 0;
  write_index(folder_ / rows_name(shards_.size()), rows, std::span(&shard, 1));
  shards_.push_back(shard);
  shard_begin_ = rows_.size();
}

void ShardWriter::finish() {
  close_shard();
  write_index(folder_ / ShardIndex::kFileName, rows_, shards_);
  for (size_t i = 0; i < shards_.size(); ++i) fs::remove(folder_ / rows_name(i));
}

}  // namespace auris::data
