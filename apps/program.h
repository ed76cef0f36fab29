#pragma once
// What the sub-commands of `auris` share: the options every command has, where output goes, and how a command
// is registered. Results go to stdout; logs and the progress bar to stderr.
//
// Every flag has an environment variable: --beam-size is AURIS_BEAM_SIZE. The command line wins.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"

namespace auris::apps {

// sysexits-like: 0 done, 2 usage, 3 input or output file, 4 model file, 70 internal, 130 interrupted.
int exit_code_of(ErrorCode code);

struct CommonOptions {
  int threads = 0;  // 0 = one per core
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool offline = false;
};

class Program {
 public:
  Program();

  // Adds a sub-command with the common options; `run` is called after parsing and returns the exit code.
  // Without `group` it is a command of the program, else one of the group.
  CLI::App* add_command(const std::string& name, const std::string& description, std::function<int()> run,
                        CLI::App* group = nullptr);
  // A command that only holds others: `auris data ingest`.
  CLI::App* add_group(const std::string& name, const std::string& description);
  // All that can be run, as the user types them ("data ingest"), in the order in which they were added.
  std::vector<std::pair<std::string, const CLI::App*>> commands() const;

  // Parses, runs the chosen command and returns the exit code. Errors become one line on stderr (or, with
  // --json, one object on stdout as well, so that a pipe sees them).
  int main(int argc, char** argv);

  CommonOptions common;
  char** arguments = nullptr;  // as main() got them: the program's name first, null behind the last
  CLI::App app;

 private:
  int run_guarded();
  void apply_common_options() const;

  std::function<int()> chosen_;
};

// True once Ctrl-C was pressed; the running command stops at the next step. A second Ctrl-C ends the process.
bool interrupted();
// Lets a signal mean what Ctrl-C means.
void interrupt_on(int signal);

bool stderr_is_terminal();
bool color_allowed();  // a terminal, and NO_COLOR is not set

// To stdout, flushed. Throw kInput if that fails.
void print_line(std::string_view text);
void print_json_line(const nlohmann::ordered_json& value);  // one object a line; broken UTF-8 replaced

// Each command's file defines its function.
void add_transcribe(Program& program);
void add_translate(Program& program);
void add_ask(Program& program);
void add_chat(Program& program);
void add_score(Program& program);
void add_data(Program& program);
void add_eval(Program& program);
void add_train(Program& program);
void add_serve(Program& program);
void add_card(Program& program);
void add_pull(Program& program);
void add_models(Program& program);
void add_inspect(Program& program);
void add_export(Program& program);
void add_doctor(Program& program);
void add_version(Program& program);
void add_completion(Program& program);
void add_man(Program& program);

}  // namespace auris::apps
