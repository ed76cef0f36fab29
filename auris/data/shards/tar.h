#pragma once
// Tar files (ustar), by libarchive: what WebDataset reads. The same files give the same bytes: no times, no
// owners.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auris/base/atomic_file.h"

namespace auris::data {

// Writes a tar file that appears under its name when it is whole.
class TarWriter {
 public:
  explicit TarWriter(const std::filesystem::path& path);
  ~TarWriter();
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  // Names of at most 100 bytes, files below 4 GiB (kUsage).
  void add(const std::string& name, std::string_view content);
  // Bytes so far: where the next file's header begins.
  uint64_t position() const;
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct TarFile {
  std::string name;
  uint64_t offset = 0;  // of its first byte in the tar file
  uint64_t bytes = 0;
};

// The files of a tar file one after another, without holding more than one; folders and links are passed
// over.
class TarReader {
 public:
  // kInput if it cannot be opened or is no tar file that is not compressed.
  explicit TarReader(const std::filesystem::path& path);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // The next file; false at the end. kInput if the tar file is damaged or ends early.
  bool next(TarFile& file);
  // All bytes of that file; kInput if there are more than `max_bytes`, or fewer than its header says. Once.
  std::string content(uint64_t max_bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The files in a stretch of a tar file, name and content, up to `max_files`: what lies behind them is not
// looked at. kInput, naming `where`, if it is damaged, ends early or holds anything but files.
std::vector<std::pair<std::string, std::string>> read_tar(std::span<const std::byte> bytes,
                                                          const std::string& where,
                                                          size_t max_files = SIZE_MAX);

}  // namespace auris::data
