#include "tests/cli/run_auris.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>

extern char** environ;

namespace auris::tests {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void close_read() { close_end(read_end); }
  void close_write() { close_end(write_end); }

 private:
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The caller's variables without AURIS_* flags of the developer's shell; the cache folder stays.
std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    std::string text(*variable);
    if (text.rfind("AURIS_", 0) != 0 || text.rfind("AURIS_CACHE=", 0) == 0)
      variables.push_back(std::move(text));
  }
  variables.insert(variables.end(), additions.begin(), additions.end());
  return variables;
}

pid_t spawn(const ProgramInput& input, const Pipe& in, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end, STDERR_FILENO);
  std::vector<std::string> arguments = {input.program};
  arguments.insert(arguments.end(), input.arguments.begin(), input.arguments.end());
  std::vector<std::string> variables = environment_with(input.environment);
  pid_t pid = -1;
  int failed = posix_spawn(&pid, input.program.c_str(), &actions, nullptr, pointers_to(arguments).data(),
                           pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + input.program);
  return pid;
}

// Returns false at end of file.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer{};
  ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

}  // namespace

ProgramResult run_auris(const ProgramInput& input, double timeout_s) {
  ::signal(SIGPIPE, SIG_IGN);
  Pipe in, out, err;
  pid_t pid = spawn(input, in, out, err);
  in.close_read();
  out.close_write();
  err.close_write();
  ProgramResult result;
  size_t written = 0;
  auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(timeout_s);
  bool timed_out = false;
  while (out.read_end >= 0 || err.read_end >= 0) {
    if (written == input.standard_input.size()) in.close_write();
    std::array<pollfd, 3> polls = {
        {{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}, {in.write_end, POLLOUT, 0}}};
    ::poll(polls.data(), polls.size(), 200);
    if (std::chrono::steady_clock::now() > deadline && !timed_out) {
      timed_out = true;
      ::kill(pid, SIGKILL);
    }
    if (polls[0].revents != 0 && !drain(out.read_end, result.out)) out.close_read();
    if (polls[1].revents != 0 && !drain(err.read_end, result.err)) err.close_read();
    if (in.write_end >= 0 && polls[2].revents != 0) {
      ssize_t count =
          ::write(in.write_end, input.standard_input.data() + written, input.standard_input.size() - written);
      if (count >= 0) {
        written += static_cast<size_t>(count);
      } else {
        in.close_write();  // the program does not read its input to the end
      }
    }
  }
  int status = 0;
  rusage usage{};
  ::wait4(pid, &status, 0, &usage);
  result.peak_bytes = static_cast<size_t>(usage.ru_maxrss) * 1024;
  if (!timed_out) result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace auris::tests
