#pragma once
// Lines of text files, plain or gzip.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auris/base/trimmed.h"

namespace auris::data {

// One line in memory at a time.
class LineReader {
 public:
  static constexpr size_t kMaxLineBytes = 16 << 20;

  // kInput if it cannot be opened.
  explicit LineReader(std::filesystem::path path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The next line without its end; false behind the last one. A longer line than kMaxLineBytes is cut. kInput
  // if the file is damaged.
  bool next(std::string& line);

 private:
  bool fill();

  struct File;
  std::unique_ptr<File> file_;
};

// All lines. kInput if it cannot be read or is over 1 GiB.
std::vector<std::string> lines_of(const std::filesystem::path& path);

// As a text of its own, since most come from a line that goes.
inline std::string trimmed(std::string_view text) { return std::string(auris::trimmed(text)); }

}  // namespace auris::data
