#include "auris/base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "auris/base/error.h"

extern char** environ;

namespace auris {
namespace {

constexpr size_t kKeptBytes = 8192;
constexpr int kPollMs = 200;

struct Actions {
  posix_spawn_file_actions_t actions;
  Actions() { posix_spawn_file_actions_init(&actions); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions); }
};

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

// Reads stderr until the program closes it; false if the caller wanted to stop.
bool collect(int fd, std::string& errors, const std::function<bool()>& keep_going) {
  std::array<char, 4096> buffer{};
  for (;;) {
    if (keep_going && !keep_going()) return false;
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kPollMs) <= 0) continue;
    ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    errors.append(buffer.data(), static_cast<size_t>(count));
    if (errors.size() > kKeptBytes) errors.erase(0, errors.size() - kKeptBytes);
  }
}

}  // namespace

std::string ChildResult::last_error_line() const {
  size_t end = errors.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  size_t begin = errors.rfind('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return errors.substr(begin, end + 1 - begin);
}

ChildResult run_child(const std::vector<std::string>& command, const std::function<bool()>& keep_going,
                      const std::filesystem::path& output) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  AURIS_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  Actions setup;
  posix_spawn_file_actions_addopen(&setup.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&setup.actions, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&setup.actions, ends[1], STDERR_FILENO);
  pid_t pid = 0;
  int error = ::posix_spawnp(&pid, arguments[0], &setup.actions, nullptr, arguments.data(), environ);
  ::close(ends[1]);
  ChildResult result;
  if (error != 0) {
    ::close(ends[0]);
    return {.status = 127, .errors = std::strerror(error)};
  }
  bool finished = false;
  try {
    finished = collect(ends[0], result.errors, keep_going);
  } catch (...) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    ::close(ends[0]);
    throw;
  }
  ::close(ends[0]);
  if (!finished) ::kill(pid, SIGKILL);
  int wait_status = 0;
  while (::waitpid(pid, &wait_status, 0) < 0 && errno == EINTR) {
  }
  if (!finished) {
    throw Error(ErrorCode::kCancelled, {.where = "child process",
                                        .expected = command[0] + " to finish",
                                        .got = "a request to stop",
                                        .hint = ""});
  }
  result.status = status_of(wait_status);
  return result;
}

}  // namespace auris
