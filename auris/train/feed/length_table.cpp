#include "auris/train/feed/length_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/atomic_file.h"
#include "auris/base/checked.h"
#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/base/sha256.h"
#include "auris/base/thread_pool.h"
#include "auris/data/items/loaded_item.h"

namespace auris::train {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "AURISLN1";
constexpr uint16_t kDamaged = 1;
constexpr size_t kMaxTasks = 1 << 16;

struct Header {
  char magic[8];
  uint64_t rows;
  uint64_t json_bytes;
};
struct Row {
  uint32_t audio_tokens;
  uint32_t text_tokens;
  float audio_s;
  uint16_t task;
  uint16_t flags;
};
static_assert(sizeof(Header) == 24 && sizeof(Row) == 16);

[[noreturn]] void fail(const std::string& where, std::string expected, std::string got) {
  throw Error(ErrorCode::kInput, {.where = where,
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = "remove the file; it is made again"});
}

// The data by their index, and how they are counted.
std::string key_of(const data::ShardReader& data, const std::string& counter_name) {
  Sha256 hash;
  for (uint64_t row = 0; row < data.size(); ++row) {
    const data::SamplePlace place = data.index()[row];
    hash.update(std::as_bytes(std::span(&place.offset, 1)));
    hash.update(std::as_bytes(std::span(&place.bytes, 1)));
    hash.update(std::as_bytes(std::span(&place.shard, 1)));
  }
  for (const data::ShardFile& shard : data.index().shards())
    hash.update(std::as_bytes(std::span(shard.file)));
  return hash.hex_digest() + " " + counter_name;
}

class Counting {
 public:
  Counting(const data::ShardReader& data, const TokenCounter& counter) : data_(data), counter_(counter) {}

  void count(uint64_t row, ExampleLength& length) {
    try {
      const data::Item item = data::item_in(data_.read_first_file(row));
      length.tokens = counter_(item);
      length.audio_s = static_cast<float>(data::total_duration_s(item));
      length.task = number_of(item.task);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      length = {.tokens = {}, .damaged = true};
    }
  }

  std::vector<std::string> tasks() const {
    std::vector<std::string> names(numbers_.size());
    for (const auto& [name, number] : numbers_) names[number] = name;
    return names;
  }

 private:
  uint16_t number_of(const std::string& task) {
    const std::lock_guard lock(mutex_);
    const auto next = static_cast<uint16_t>(numbers_.size());
    return numbers_.emplace(task, next).first->second;
  }

  const data::ShardReader& data_;
  const TokenCounter& counter_;
  std::mutex mutex_;
  std::map<std::string, uint16_t> numbers_;
};

void count_all(const data::ShardReader& data, const std::filesystem::path& path, const TokenCounter& counter,
               const LengthOptions& options, const std::string& key) {
  constexpr uint64_t kRowsAtOnce = 1 << 14;
  std::vector<ExampleLength> rows(data.size());
  Counting counting(data, counter);
  for (uint64_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
    if (options.progress && !options.progress(begin, rows.size())) {
      throw Error(
          ErrorCode::kCancelled,
          {.where = "lengths", .expected = "to count all examples", .got = "a request to stop", .hint = ""});
    }
    const uint64_t count = std::min(kRowsAtOnce, rows.size() - begin);
    parallel_for(static_cast<int64_t>(count), [&](int64_t i) {
      const uint64_t row = begin + static_cast<uint64_t>(i);
      counting.count(row, rows[row]);
    });
  }
  write_lengths(path, rows, counting.tasks(), key);
}

}  // namespace

LengthTable LengthTable::open(const std::filesystem::path& path) {
  auto file = MappedFile::open(path, ErrorCode::kInput);
  LengthTable table = parse(file->bytes(), path.filename().string());
  table.file_ = std::move(file);
  return table;
}

LengthTable LengthTable::parse(std::span<const std::byte> bytes, const std::string& where) {
  Header header{};
  if (bytes.size() < sizeof(header))
    fail(where, fmt::format("at least {} bytes", sizeof(header)), fmt::format("{}", bytes.size()));
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::string_view(header.magic, sizeof(header.magic)) != kMagic)
    fail(where, "a table that begins with AURISLN1", "another file");
  const auto row_bytes = checked_mul(header.rows, sizeof(Row));
  const auto whole = row_bytes ? checked_add(sizeof(header) + *row_bytes, header.json_bytes) : row_bytes;
  if (!whole || *row_bytes > bytes.size() || *whole != bytes.size())
    fail(where, fmt::format("{} rows and their tasks", header.rows), fmt::format("{} bytes", bytes.size()));
  const char* json_begin = reinterpret_cast<const char*>(bytes.data()) + sizeof(header) + *row_bytes;
  const nlohmann::json json = parse_json({json_begin, static_cast<size_t>(header.json_bytes)}, where,
                                         ErrorCode::kInput, {.max_depth = 4});
  const JsonFields fields(json, where, ErrorCode::kInput);
  LengthTable table;
  table.bytes_ = bytes;
  table.rows_ = header.rows;
  table.key_ = fields.text("key");
  for (const nlohmann::json& task : fields.list("tasks")) {
    if (!task.is_string()) fields.fail("tasks", "texts", task.type_name());
    table.tasks_.push_back(task.get<std::string>());
  }
  for (uint64_t row = 0; row < table.rows_; ++row) {
    const ExampleLength length = table[row];
    if (!length.damaged && length.task >= table.tasks_.size())
      fail(where, "tasks of the list", fmt::format("task {} in row {}", length.task, row));
  }
  return table;
}

ExampleLength LengthTable::operator[](uint64_t row) const {
  AURIS_CHECK(row < rows_);
  Row read{};
  std::memcpy(&read, bytes_.data() + sizeof(Header) + row * sizeof(Row), sizeof(read));
  return {.tokens = {.audio = read.audio_tokens, .text = read.text_tokens},
          .audio_s = read.audio_s,
          .task = read.task,
          .damaged = (read.flags & kDamaged) != 0};
}

void write_lengths(const std::filesystem::path& path, std::span<const ExampleLength> rows,
                   const std::vector<std::string>& tasks, const std::string& key) {
  if (tasks.size() > kMaxTasks) {
    throw Error(ErrorCode::kUsage, {.where = "lengths",
                                    .expected = fmt::format("at most {} tasks", kMaxTasks),
                                    .got = fmt::format("{}", tasks.size()),
                                    .hint = ""});
  }
  const std::string json = json_line({{"key", key}, {"tasks", tasks}});
  Header header{.magic = {}, .rows = rows.size(), .json_bytes = json.size()};
  kMagic.copy(header.magic, kMagic.size());
  std::vector<Row> block;
  block.reserve(rows.size());
  for (const ExampleLength& length : rows) {
    block.push_back({.audio_tokens = length.tokens.audio,
                     .text_tokens = length.tokens.text,
                     .audio_s = length.audio_s,
                     .task = length.task,
                     .flags = length.damaged ? kDamaged : uint16_t{0}});
  }
  AtomicFile file(path, ErrorCode::kInput);
  file.write(std::as_bytes(std::span(&header, 1)));
  file.write(std::as_bytes(std::span(block)));
  file.write(std::as_bytes(std::span(json)));
  file.commit();
}

LengthTable lengths_of(const data::ShardReader& data, const std::filesystem::path& path,
                       const TokenCounter& counter, const LengthOptions& options) {
  const std::string key = key_of(data, options.counter_name);
  if (std::filesystem::exists(path)) {
    LengthTable table = LengthTable::open(path);
    if (table.key() == key && table.size() == data.size()) return table;
  }
  count_all(data, path, counter, options, key);
  return LengthTable::open(path);
}

}  // namespace auris::train
