#pragma once
// Runs another program without a shell.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace auris {

struct ChildResult {
  int status = 0;      // exit status; 128 + signal; 127 if there is no such program
  std::string errors;  // the end of what it wrote on stderr

  std::string last_error_line() const;
};

// Runs `command` (found on PATH) with this process's environment, without stdin, until it ends. `output` is
// made anew and gets its stdout.
// `keep_going` is asked several times a second; once it returns false the program is killed and kCancelled
// thrown.
ChildResult run_child(const std::vector<std::string>& command, const std::function<bool()>& keep_going,
                      const std::filesystem::path& output = "/dev/null");

}  // namespace auris
