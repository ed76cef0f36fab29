#include "auris/data/responses/logits_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/checked.h"

namespace auris::data {
namespace {

constexpr std::string_view kMagic = "AURISLG1";

struct Header {
  char magic[8];
  uint64_t rows;
  uint64_t index;
  uint32_t vocab_size;
  uint32_t reserved;
};
static_assert(sizeof(Header) == 32 && sizeof(LogitsPlace) == 16);

[[noreturn]] void fail_input(const std::string& where, std::string expected, std::string got) {
  throw Error(ErrorCode::kInput, {.where = where,
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = "`auris data respond` makes such files"});
}

Header header_of(uint64_t rows, uint64_t index, int32_t vocab_size) {
  Header header{.magic = {},
                .rows = rows,
                .index = index,
                .vocab_size = static_cast<uint32_t>(vocab_size),
                .reserved = 0};
  std::copy(kMagic.begin(), kMagic.end(), header.magic);
  return header;
}

}  // namespace

LogitsFile LogitsFile::open(const std::filesystem::path& path) {
  auto file = MappedFile::open(path, ErrorCode::kInput);
  LogitsFile logits = parse(file->bytes(), path.filename().string());
  logits.file_ = std::move(file);
  return logits;
}

LogitsFile LogitsFile::parse(std::span<const std::byte> bytes, const std::string& where) {
  Header header{};
  if (bytes.size() < sizeof(header))
    fail_input(where, fmt::format("at least {} bytes", sizeof(header)), fmt::format("{}", bytes.size()));
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::string_view(header.magic, sizeof(header.magic)) != kMagic) {
    fail_input(where, "a file that begins with AURISLG1",
               quoted(std::string_view(header.magic, sizeof(header.magic))));
  }
  if (header.index == 0) fail_input(where, "a finished file", "one that was interrupted");
  const auto index_bytes = checked_mul(header.rows, sizeof(LogitsPlace));
  if (header.index < sizeof(header) || !index_bytes ||
      !auris::fits(header.index, *index_bytes, bytes.size()) || header.index + *index_bytes != bytes.size()) {
    fail_input(where, fmt::format("an index of {} rows at its end", header.rows),
               fmt::format("{} bytes", bytes.size()));
  }
  if (header.vocab_size == 0 || header.vocab_size > uint32_t{1} << 30)
    fail_input(where, "a vocabulary of 1 to 2^30 tokens", fmt::format("{}", header.vocab_size));
  LogitsFile file;
  file.bytes_ = bytes;
  file.where_ = where;
  file.rows_ = header.rows;
  file.index_ = header.index;
  file.vocab_size_ = static_cast<int32_t>(header.vocab_size);
  return file;
}

LogitsPlace LogitsFile::place(uint64_t row) const {
  if (row >= rows_) {
    throw Error(ErrorCode::kUsage, {.where = where_,
                                    .expected = fmt::format("a row below {}", rows_),
                                    .got = fmt::format("{}", row),
                                    .hint = ""});
  }
  LogitsPlace place;
  std::memcpy(&place, bytes_.data() + index_ + row * sizeof(place), sizeof(place));
  if (place.offset < sizeof(Header) || !auris::fits(place.offset, place.bytes, index_)) {
    fail_input(where_, fmt::format("row {} between header and index", row),
               fmt::format("{} bytes at {}", place.bytes, place.offset));
  }
  return place;
}

std::span<const std::byte> LogitsFile::bytes(uint64_t row) const {
  const LogitsPlace found = place(row);
  return bytes_.subspan(found.offset, found.bytes);
}

AnswerLogits LogitsFile::operator[](uint64_t row) const {
  AnswerLogits answer = parse_answer_logits(bytes(row), fmt::format("{}, row {}", where_, row));
  const auto unknown = [&](int32_t id) { return id >= vocab_size_; };
  if (std::any_of(answer.tokens.begin(), answer.tokens.end(), unknown) ||
      std::any_of(answer.top_ids.begin(), answer.top_ids.end(), unknown)) {
    fail_input(where_, fmt::format("ids below {}", vocab_size_), fmt::format("another one in row {}", row));
  }
  return answer;
}

void LogitsWriter::fail(const char* doing) const {
  throw Error(ErrorCode::kInput, {.where = "logits",
                                  .expected = fmt::format("to {} {}", doing, quoted(part_.string())),
                                  .got = std::strerror(errno),
                                  .hint = ""});
}

LogitsWriter::LogitsWriter(std::filesystem::path path, int32_t vocab_size, std::span<const uint32_t> bytes)
    : path_(std::move(path)), part_(path_), vocab_size_(vocab_size), end_(sizeof(Header)) {
  part_ += ".part";
  for (uint32_t size : bytes) {
    places_.push_back({.offset = end_, .bytes = size, .tokens = 0});
    end_ += size;
  }
  fd_ = ::open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) fail("open");
  try {
    if (!bytes.empty() && ::lseek(fd_, 0, SEEK_END) < static_cast<off_t>(end_)) {
      errno = EIO;
      fail("find all answers in");
    }
    if (::ftruncate(fd_, static_cast<off_t>(end_)) != 0) fail("go on with");
    const Header header = header_of(0, 0, vocab_size_);
    write_at(0, &header, sizeof(header));
    for (LogitsPlace& place : places_) {
      if (::pread(fd_, &place.tokens, sizeof(place.tokens), static_cast<off_t>(place.offset)) !=
          static_cast<ssize_t>(sizeof(place.tokens)))
        fail("read");
    }
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

LogitsWriter::~LogitsWriter() {
  if (fd_ >= 0) ::close(fd_);
}

void LogitsWriter::write_at(uint64_t offset, const void* data, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t count =
        ::pwrite(fd_, static_cast<const char*>(data) + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("write");
    done += static_cast<size_t>(count);
  }
}

uint32_t LogitsWriter::add(const AnswerLogits& answer) {
  const std::string bytes = to_bytes(answer);
  write_at(end_, bytes.data(), bytes.size());
  if (::fdatasync(fd_) != 0) fail("write");
  places_.push_back({.offset = end_,
                     .bytes = static_cast<uint32_t>(bytes.size()),
                     .tokens = static_cast<uint32_t>(answer.tokens.size())});
  end_ += bytes.size();
  return places_.back().bytes;
}

void LogitsWriter::finish() {
  write_at(end_, places_.data(), places_.size() * sizeof(LogitsPlace));
  const Header header = header_of(places_.size(), end_, vocab_size_);
  write_at(0, &header, sizeof(header));
  if (::fsync(fd_) != 0) fail("write");
  replace_file(part_, path_, ErrorCode::kInput);
}

}  // namespace auris::data
