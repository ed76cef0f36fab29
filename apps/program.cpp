#include "apps/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "auris/base/json_text.h"
#include "auris/base/log.h"
#include "auris/base/thread_pool.h"
#include "auris/base/version.h"

namespace auris::apps {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitInput = 3;
constexpr int kExitModel = 4;
constexpr int kExitInternal = 70;
constexpr int kExitInterrupted = 130;

std::atomic<bool> g_interrupted{false};

void on_interrupt(int) {
  if (g_interrupted.exchange(true)) std::_Exit(kExitInterrupted);
}

std::string environment_name(std::string flag) {
  std::transform(flag.begin(), flag.end(), flag.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return "AURIS_" + flag;
}

// Gives every option with a long name its environment variable; of several names the last, which is the most
// specific.
void name_environment(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const std::vector<std::string>& names = option->get_lnames();
    if (!names.empty() && names.back() != "help") option->envname(environment_name(names.back()));
  }
  for (CLI::App* command : app.get_subcommands({})) name_environment(*command);
}

// whisper.cpp's habit of long flags behind one dash.
std::vector<std::string> arguments_of(int argc, char** argv) {
  static const std::vector<std::pair<std::string, std::string>> kLongFlags = {
      {"-otxt", "--output-txt"}, {"-osrt", "--output-srt"}, {"-ovtt", "--output-vtt"},
      {"-oj", "--output-json"},  {"-of", "--output-file"},
  };
  std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    for (const auto& [from, to] : kLongFlags) {
      if (argument == from) argument = to;
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  return arguments;
}

Error output_error(int error) {
  return {ErrorCode::kInput,
          {.where = "standard output",
           .expected = "to write results",
           .got = std::strerror(error),
           .hint = error == ENOSPC ? "free some space" : "check where the output goes"}};
}

// False, with a message, if anything that was printed got lost.
bool output_is_whole() {
  bool whole = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  if (!whole) log_line(LogLevel::kError, output_error(errno).what());
  return whole;
}

}  // namespace

int exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage: return kExitUsage;
    case ErrorCode::kInput: return kExitInput;
    case ErrorCode::kModel:
    case ErrorCode::kNetwork: return kExitModel;
    case ErrorCode::kCancelled: return kExitInterrupted;
    case ErrorCode::kInternal: break;
  }
  return kExitInternal;
}

Program::Program()
    : app("Auris hears a recording, writes down what was said and answers questions about it.", "auris") {
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("auris ") + kVersion);
  app.footer(
      "Results go to stdout, logs to stderr. Every flag has an environment variable AURIS_<FLAG>.\n"
      "Exit codes: 0 done, 2 usage, 3 input or output file, 4 model file, 70 internal, 130 interrupted.");
  app.get_formatter()->column_width(34);
}

CLI::App* Program::add_command(const std::string& name, const std::string& description,
                               std::function<int()> run, CLI::App* group) {
  CLI::App* command = (group != nullptr ? group : &app)->add_subcommand(name, description);
  command->add_option("-t,--threads", common.threads, "Compute threads; 0 = one per core")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
  command->add_flag("--json", common.json, "Print JSON, one object a line");
  command->add_flag("-q,--quiet", common.quiet, "No progress, no warnings");
  command->add_flag("-v,--verbose", common.verbose, "Say what is done and how long each stage took");
  command->add_flag("--offline", common.offline, "Never use the network");
  command->callback([this, run = std::move(run)] { chosen_ = run; });
  return command;
}

CLI::App* Program::add_group(const std::string& name, const std::string& description) {
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

std::vector<std::pair<std::string, const CLI::App*>> Program::commands() const {
  const auto any = [](const CLI::App*) { return true; };
  std::vector<std::pair<std::string, const CLI::App*>> all;
  for (const CLI::App* command : app.get_subcommands(any)) {
    const std::vector<const CLI::App*> inner = command->get_subcommands(any);
    if (inner.empty()) all.emplace_back(command->get_name(), command);
    for (const CLI::App* part : inner) all.emplace_back(command->get_name() + " " + part->get_name(), part);
  }
  return all;
}

int Program::main(int argc, char** argv) {
  arguments = argv;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of writing, as a full disk is
  name_environment(app);
  try {
    app.parse(arguments_of(argc, argv));
  } catch (const CLI::Success& done) {  // --help, --version
    int exit_code = app.exit(done);
    std::cout.flush();
    return exit_code == 0 && !output_is_whole() ? kExitInput : exit_code;
  } catch (const CLI::ParseError& error) {
    app.exit(error, std::cout, std::cerr);
    return kExitUsage;
  }
  int exit_code = run_guarded();
  return exit_code == 0 && !output_is_whole() ? kExitInput : exit_code;
}

void Program::apply_common_options() const {
  set_compute_threads(common.threads);
  set_log_level(common.quiet ? LogLevel::kError : common.verbose ? LogLevel::kInfo : LogLevel::kWarning);
}

int Program::run_guarded() {
  auto report = [this](std::string_view kind, std::string_view message) {
    log_line(LogLevel::kError, message);
    try {
      if (common.json) print_json_line({{"error", {{"type", kind}, {"message", message}}}});
    } catch (const Error&) {  // stdout is what has failed
    }
  };
  try {
    apply_common_options();
    return chosen_();
  } catch (const Error& error) {
    report(name_of(error.code()), error.what());
    return exit_code_of(error.code());
  } catch (const std::bad_alloc&) {
    report("internal",
           "[memory] expected enough memory, got none. Hint: use a smaller model or close other programs.");
  } catch (const std::exception& error) {
    report("internal", error.what());
  }
  return kExitInternal;
}

bool interrupted() { return g_interrupted; }

void interrupt_on(int signal) { std::signal(signal, on_interrupt); }

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

bool color_allowed() {
  const char* no_color = std::getenv("NO_COLOR");
  return stderr_is_terminal() && (no_color == nullptr || *no_color == '\0');
}

void print_line(std::string_view text) {
  bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fputc('\n', stdout) != EOF;
  if (written && std::fflush(stdout) == 0) return;
  throw output_error(errno);
}

void print_json_line(const nlohmann::ordered_json& value) { print_line(json_line(value)); }

}  // namespace auris::apps
