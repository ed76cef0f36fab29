#include "auris/data/sources/lines.h"

#include <zlib.h>

#include <cstring>

#include "auris/base/error.h"

namespace auris::data {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* got) {
  throw Error(
      ErrorCode::kInput,
      {.where = quoted(path.string()), .expected = "a text file, plain or gzip", .got = got, .hint = ""});
}

}  // namespace

struct LineReader::File {
  explicit File(std::filesystem::path where) : path(std::move(where)), handle(gzopen(path.c_str(), "rb")) {}
  ~File() {
    if (handle != nullptr) gzclose(handle);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::filesystem::path path;
  gzFile handle;
  std::string block = std::string(1 << 16, '\0');
  size_t begin = 0, end = 0;  // of what is left in the block
};

LineReader::LineReader(std::filesystem::path path) : file_(std::make_unique<File>(std::move(path))) {
  if (file_->handle == nullptr) fail(file_->path, "none that can be opened");
}

LineReader::~LineReader() = default;

bool LineReader::fill() {
  const int count = gzread(file_->handle, file_->block.data(), static_cast<unsigned>(file_->block.size()));
  int status = Z_OK;
  gzerror(file_->handle, &status);
  // The end of a file that is cut inside its gzip stream is Z_BUF_ERROR, with the bytes before it.
  if (count < 0 || (count == 0 && status != Z_OK && status != Z_STREAM_END))
    fail(file_->path, "a damaged one");
  file_->begin = 0;
  file_->end = static_cast<size_t>(count);
  return count > 0;
}

bool LineReader::next(std::string& line) {
  line.clear();
  bool any = false;
  while (file_->begin < file_->end || fill()) {
    any = true;
    const char* from = file_->block.data() + file_->begin;
    const size_t left = file_->end - file_->begin;
    const void* stop = std::memchr(from, '\n', left);
    const size_t count = stop == nullptr ? left : static_cast<size_t>(static_cast<const char*>(stop) - from);
    line.append(from, std::min(count, kMaxLineBytes - line.size()));
    file_->begin += count + (stop == nullptr ? 0 : 1);
    if (stop != nullptr) break;
  }
  if (line.ends_with('\r')) line.pop_back();
  return any;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  constexpr size_t kMaxBytes = size_t{1} << 30;
  LineReader reader(path);
  std::vector<std::string> lines;
  size_t total = 0;
  for (std::string line; reader.next(line);) {
    total += line.size() + 1;
    if (total > kMaxBytes) fail(path, "more than 1 GiB");
    lines.push_back(line);
  }
  return lines;
}

}  // namespace auris::data
