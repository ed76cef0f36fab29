#include "auris/data/shards/shard_index.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/atomic_file.h"
#include "auris/base/checked.h"
#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"

namespace auris::data {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "AURISIX1";
constexpr size_t kMaxListBytes = 64 << 20;

struct Header {
  char magic[8];
  uint64_t rows;
  uint64_t list_offset;
  uint64_t list_bytes;
};
struct Row {
  uint64_t offset;
  uint32_t bytes;
  uint32_t shard;
  float duration_s;
  uint32_t text_tokens;
  uint32_t audio_tokens;
  uint32_t reserved;
};
static_assert(sizeof(Header) == ShardIndex::kHeaderBytes && sizeof(Row) == ShardIndex::kRowBytes);

[[noreturn]] void fail(const std::string& where, std::string expected, std::string got) {
  throw Error(ErrorCode::kInput, {.where = where,
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = "build the data again, or merge its parts again"});
}

std::vector<ShardFile> shards_of(std::string_view text, const std::string& where) {
  const nlohmann::json list =
      parse_json(text, where, ErrorCode::kInput, {.max_bytes = kMaxListBytes, .max_depth = 4});
  if (!list.is_array()) fail(where, "a list of shards", list.type_name());
  std::vector<ShardFile> shards;
  for (const nlohmann::json& entry : list) {
    const JsonFields fields(entry, where, ErrorCode::kInput);
    ShardFile shard{.file = fields.text("file"),
                    .bytes = static_cast<uint64_t>(fields.integer("bytes", {0, int64_t{1} << 60}))};
    const bool plain = !shard.file.empty() && shard.file.front() != '.' &&
                       shard.file.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
    if (!plain) fail(where, "names of files beside the index", quoted(shard.file));
    shards.push_back(std::move(shard));
  }
  return shards;
}

}  // namespace

ShardIndex ShardIndex::open(const std::filesystem::path& path) {
  auto file = MappedFile::open(path, ErrorCode::kInput);
  ShardIndex index = parse(file->bytes(), path.filename().string());
  index.file_ = std::move(file);
  return index;
}

ShardIndex ShardIndex::parse(std::span<const std::byte> bytes, const std::string& where) {
  Header header{};
  if (bytes.size() < sizeof(header)) {
    fail(where, fmt::format("at least {} bytes", sizeof(header)), fmt::format("{}", bytes.size()));
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::string_view(header.magic, sizeof(header.magic)) != kMagic) {
    fail(where, "an index that begins with AURISIX1",
         quoted(std::string_view(header.magic, sizeof(header.magic))));
  }
  const auto row_bytes = checked_mul(header.rows, kRowBytes);
  const bool rows_fit = row_bytes && fits(kHeaderBytes, *row_bytes, bytes.size());
  if (!rows_fit || header.list_offset != kHeaderBytes + *row_bytes) {
    fail(where, fmt::format("{} rows and then a list", header.rows), fmt::format("{} bytes", bytes.size()));
  }
  if (!fits(header.list_offset, header.list_bytes, bytes.size()) ||
      header.list_offset + header.list_bytes != bytes.size()) {
    fail(where, fmt::format("a list of {} bytes at its end", header.list_bytes),
         fmt::format("{} bytes", bytes.size()));
  }
  ShardIndex index;
  index.bytes_ = bytes;
  index.where_ = where;
  index.rows_ = header.rows;
  index.shards_ = shards_of({reinterpret_cast<const char*>(bytes.data()) + header.list_offset,
                             static_cast<size_t>(header.list_bytes)},
                            where);
  return index;
}

SamplePlace ShardIndex::operator[](uint64_t index) const {
  if (index >= rows_) {
    throw Error(ErrorCode::kUsage, {.where = where_,
                                    .expected = fmt::format("a sample below {}", rows_),
                                    .got = fmt::format("{}", index),
                                    .hint = ""});
  }
  Row row{};
  std::memcpy(&row, bytes_.data() + kHeaderBytes + index * kRowBytes, sizeof(row));
  if (row.shard >= shards_.size() || !fits(row.offset, row.bytes, shards_[row.shard].bytes)) {
    fail(fmt::format("{}, row {}", where_, index), "a place inside a shard",
         fmt::format("{} bytes at {} of shard {}", row.bytes, row.offset, row.shard));
  }
  return {
      .offset = row.offset,
      .bytes = row.bytes,
      .shard = row.shard,
      .facts = {
          .duration_s = row.duration_s, .text_tokens = row.text_tokens, .audio_tokens = row.audio_tokens}};
}

void write_index(const std::filesystem::path& path, std::span<const SamplePlace> rows,
                 std::span<const ShardFile> shards) {
  constexpr size_t kRowsAtOnce = 1 << 15;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ShardFile& shard : shards) list.push_back({{"file", shard.file}, {"bytes", shard.bytes}});
  const std::string text = list.dump();
  Header header{.magic = {},
                .rows = rows.size(),
                .list_offset = ShardIndex::kHeaderBytes + rows.size() * ShardIndex::kRowBytes,
                .list_bytes = text.size()};
  kMagic.copy(header.magic, kMagic.size());
  AtomicFile file(path, ErrorCode::kInput);
  file.write(std::as_bytes(std::span(&header, 1)));
  std::vector<Row> block;
  for (size_t i = 0; i < rows.size(); ++i) {
    const SamplePlace& place = rows[i];
    block.push_back({.offset = place.offset,
                     .bytes = place.bytes,
                     .shard = place.shard,
                     .duration_s = place.facts.duration_s,
                     .text_tokens = place.facts.text_tokens,
                     .audio_tokens = place.facts.audio_tokens,
                     .reserved = 0});
    if (block.size() < kRowsAtOnce && i + 1 < rows.size()) continue;
    file.write(std::as_bytes(std::span(block)));
    block.clear();
  }
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

}  // namespace auris::data
