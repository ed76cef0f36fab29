// auris man: the manual page in roff, made from the commands and flags that the program parses. CMake
// installs it.

#include <fmt/format.h>

#include "apps/program.h"
#include "auris/base/version.h"

namespace auris::apps {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\n') {
      out += "\n.br\n";
    } else {
      out += c;
    }
  }
  return !out.empty() && (out[0] == '.' || out[0] == '\'') ? "\\&" + out : out;
}

std::string option_entry(const CLI::Option& option) {
  std::string names = option.get_positional() ? option.get_name(true) : option.get_name(false, true);
  std::string entry = fmt::format(".TP\n.B {}\n{}\n", escaped(names), escaped(option.get_description()));
  if (!option.get_default_str().empty())
    entry += fmt::format("Default: {}.\n", escaped(option.get_default_str()));
  if (!option.get_envname().empty()) entry += fmt::format("Environment: {}.\n", option.get_envname());
  return entry;
}

std::string manual(const Program& program) {
  const CLI::App& app = program.app;
  std::string page = fmt::format(".TH AURIS 1 \"\" \"auris {}\" \"User Commands\"\n.SH NAME\nauris \\- {}\n",
                                 kVersion, escaped(app.get_description()));
  page += ".SH SYNOPSIS\n.B auris\n.I command\n[options]\n.SH COMMANDS\n";
  for (const auto& [name, command] : program.commands()) {
    page += fmt::format(".SS auris {}\n{}\n", name, escaped(command->get_description()));
    for (const CLI::Option* option : command->get_options()) page += option_entry(*option);
    if (!command->get_footer().empty()) page += ".PP\n" + escaped(command->get_footer()) + "\n";
  }
  page += ".SH NOTES\n" + escaped(app.get_footer()) + "\n";
  return page;
}

}  // namespace

void add_man(Program& program) {
  program.add_command("man", "Print the manual page (roff)", [&program] {
    print_line(manual(program));
    return 0;
  });
}

}  // namespace auris::apps
