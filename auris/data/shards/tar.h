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

// The files in a stretch of a tar file, name and content. kInput, naming `where`, if it is damaged, ends
// early or holds anything but files.
std::vector<std::pair<std::string, std::string>> read_tar(std::span<const std::byte> bytes,
                                                          const std::string& where);

}  // namespace auris::data
