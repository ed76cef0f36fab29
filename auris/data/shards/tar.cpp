#include "auris/data/shards/tar.h"

#include <archive.h>
#include <archive_entry.h>

#include <fmt/format.h>

#include "auris/base/checked.h"
#include "auris/base/error.h"

namespace auris::data {
namespace {

constexpr size_t kMaxNameBytes = 100;
constexpr uint64_t kMaxFileBytes = uint64_t{4} << 30;

struct Freer {
  void operator()(archive* a) const { archive_free(a); }
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};
using Archive = std::unique_ptr<archive, Freer>;
using Entry = std::unique_ptr<archive_entry, Freer>;

[[noreturn]] void fail(ErrorCode code, const std::string& where, std::string expected, std::string got) {
  throw Error(code, {.where = where, .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

std::string reason_of(archive* a) {
  const char* text = archive_error_string(a);
  return text != nullptr ? text : "an error";
}

}  // namespace

struct TarWriter::State {
  explicit State(const std::filesystem::path& path)
      : file(path, ErrorCode::kInput), where(path.filename().string()) {}

  AtomicFile file;
  std::string where;
  uint64_t position = 0;
  std::exception_ptr failure;
  Archive writer;
};

TarWriter::TarWriter(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
  state_->writer.reset(archive_write_new());
  archive* writer = state_->writer.get();
  archive_write_set_format_ustar(writer);
  archive_write_set_bytes_per_block(writer, 0);  // position() counts what was added, not what was flushed
  const auto write = [](archive* a, void* context, const void* data, size_t size) -> la_ssize_t {
    State& state = *static_cast<State*>(context);
    try {
      state.file.write({static_cast<const std::byte*>(data), size});
    } catch (...) {  // must not pass through C
      state.failure = std::current_exception();
      archive_set_error(a, -1, "cannot write");
      return -1;
    }
    state.position += size;
    return static_cast<la_ssize_t>(size);
  };
  archive_write_open(writer, state_.get(), nullptr, write, nullptr);
}

TarWriter::~TarWriter() = default;

void TarWriter::add(const std::string& name, std::string_view content) {
  if (name.empty() || name.size() > kMaxNameBytes || content.size() >= kMaxFileBytes) {
    fail(ErrorCode::kUsage, state_->where, "a name of 1 to 100 bytes and less than 4 GiB",
         fmt::format("{} with {} bytes", quoted(name), content.size()));
  }
  const Entry entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), 0, 0);
  archive* writer = state_->writer.get();
  const bool whole =
      archive_write_header(writer, entry.get()) == ARCHIVE_OK &&
      archive_write_data(writer, content.data(), content.size()) == static_cast<la_ssize_t>(content.size()) &&
      archive_write_finish_entry(writer) == ARCHIVE_OK;
  if (state_->failure) std::rethrow_exception(state_->failure);
  if (!whole) fail(ErrorCode::kInput, state_->where, "a file in a tar file", reason_of(writer));
}

uint64_t TarWriter::position() const { return state_->position; }

void TarWriter::commit() {
  const bool whole = archive_write_close(state_->writer.get()) == ARCHIVE_OK;
  if (state_->failure) std::rethrow_exception(state_->failure);
  if (!whole) fail(ErrorCode::kInput, state_->where, "to end the tar file", reason_of(state_->writer.get()));
  state_->file.commit();
}

struct TarReader::State {
  Archive reader{archive_read_new()};
  std::string where;
  uint64_t tar_bytes = 0;
  TarFile file;
};

TarReader::TarReader(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
  constexpr size_t kBlockBytes = 1 << 16;
  state_->where = path.filename().string();
  std::error_code error;
  state_->tar_bytes = std::filesystem::file_size(path, error);
  archive* reader = state_->reader.get();
  archive_read_support_format_tar(reader);
  if (error || archive_read_open_filename(reader, path.c_str(), kBlockBytes) != ARCHIVE_OK) {
    fail(ErrorCode::kInput, state_->where, "a tar file", error ? error.message() : reason_of(reader));
  }
}

TarReader::~TarReader() = default;

bool TarReader::next(TarFile& file) {
  archive* reader = state_->reader.get();
  archive_entry* entry = nullptr;
  for (int status; (status = archive_read_next_header(reader, &entry)) != ARCHIVE_EOF;) {
    if (status != ARCHIVE_OK) {
      fail(ErrorCode::kInput, state_->where, "files in a tar file that is not compressed", reason_of(reader));
    }
    const char* name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) continue;
    const la_int64_t size = archive_entry_size(entry), offset = archive_filter_bytes(reader, 0);
    if (name == nullptr || size < 0 || offset < 0 ||
        !fits(static_cast<uint64_t>(offset), static_cast<uint64_t>(size), state_->tar_bytes)) {
      fail(ErrorCode::kInput, state_->where, fmt::format("files within {} bytes", state_->tar_bytes),
           fmt::format("{} bytes of {}", size, quoted(name == nullptr ? "" : name)));
    }
    state_->file = {
        .name = name, .offset = static_cast<uint64_t>(offset), .bytes = static_cast<uint64_t>(size)};
    file = state_->file;
    return true;
  }
  return false;
}

std::string TarReader::content(uint64_t max_bytes) {
  const TarFile& file = state_->file;
  if (file.bytes > max_bytes) {
    fail(ErrorCode::kInput, state_->where,
         fmt::format("at most {} bytes in {}", max_bytes, quoted(file.name)), fmt::format("{}", file.bytes));
  }
  std::string content(static_cast<size_t>(file.bytes), '\0');
  const la_ssize_t got = archive_read_data(state_->reader.get(), content.data(), content.size());
  if (got != static_cast<la_ssize_t>(content.size())) {
    fail(ErrorCode::kInput, state_->where, fmt::format("{} bytes of {}", file.bytes, quoted(file.name)),
         got < 0 ? reason_of(state_->reader.get()) : fmt::format("{}", got));
  }
  return content;
}

std::vector<std::pair<std::string, std::string>> read_tar(std::span<const std::byte> bytes,
                                                          const std::string& where, size_t max_files) {
  const Archive reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  std::vector<std::pair<std::string, std::string>> files;
  if (bytes.empty()) return files;
  const auto check = [&](bool holds, std::string expected) {
    if (!holds) fail(ErrorCode::kInput, where, std::move(expected), reason_of(reader.get()));
  };
  check(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) == ARCHIVE_OK, "a tar file");
  archive_entry* entry = nullptr;
  for (int status; files.size() < max_files &&
                   (status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF;) {
    check(status == ARCHIVE_OK, "files in a tar file");
    const la_int64_t size = archive_entry_size(entry);
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry) != nullptr) {
      fail(ErrorCode::kInput, where, "nothing but files", "another kind of entry");
    }
    if (size < 0 || static_cast<uint64_t>(size) > bytes.size()) {
      fail(ErrorCode::kInput, where, fmt::format("files within {} bytes", bytes.size()),
           fmt::format("{} bytes", size));
    }
    std::string content(static_cast<size_t>(size), '\0');
    check(archive_read_data(reader.get(), content.data(), content.size()) == size,
          fmt::format("{} bytes of {}", size, quoted(name)));
    files.emplace_back(name, std::move(content));
  }
  return files;
}

}  // namespace auris::data
