#pragma once
// A file of lines that grows, for work that goes on where it was interrupted: every line is on the disk when
// add() returns, and a kill loses at most the line that was being written.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "auris/base/error.h"

namespace auris {

class LineFile {
 public:
  // Passes on what is there, line by line; a last line without its end is cut off. Makes the folder if it is
  // missing. `what` names the file in messages ("predictions"). Throws `code` if the file cannot be read or
  // written, or somebody else has it open.
  LineFile(std::filesystem::path path, std::string what, ErrorCode code,
           const std::function<void(std::string_view line)>& line);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Without its end, which is added.
  void add(const std::string& line);

 private:
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  std::string what_;
  ErrorCode code_;
  int fd_ = -1;
};

}  // namespace auris
