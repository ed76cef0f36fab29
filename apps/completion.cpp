// auris completion SHELL: a completion script, made from the very commands and flags that the program parses.

#include <fmt/format.h>

#include "apps/program.h"

namespace auris::apps {
namespace {

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

std::string joined_names(const std::vector<CLI::App*>& commands) {
  std::string names;
  for (const CLI::App* command : commands) names += (names.empty() ? "" : " ") + command->get_name();
  return names;
}

std::string bash_script(const std::vector<CLI::App*>& commands) {
  std::string cases;
  for (const CLI::App* command : commands) {
    cases +=
        fmt::format("    {}) flags=\"{}\" ;;\n", command->get_name(), fmt::join(flags_of(*command), " "));
  }
  return fmt::format(
      "_auris() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" flags=\"\"\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  case \"$word\" in\n"
      "    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
      "  esac\n"
      "}}\n"
      "complete -o filenames -F _auris auris\n",
      joined_names(commands), cases);
}

std::string zsh_script(const std::vector<CLI::App*>& commands) {
  return "#compdef auris\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(commands);
}

// Single quotes are the only characters that matter inside fish's single quotes.
std::string fish_quoted(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return out;
}

std::string fish_script(const std::vector<CLI::App*>& commands) {
  std::string script;
  for (const CLI::App* command : commands) {
    script += fmt::format("complete -c auris -n __fish_use_subcommand -a {} -d '{}'\n", command->get_name(),
                          fish_quoted(command->get_description()));
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        script += fmt::format("complete -c auris -n '__fish_seen_subcommand_from {}' -l {} -d '{}'\n",
                              command->get_name(), name, fish_quoted(option->get_description()));
      }
    }
  }
  return script;
}

}  // namespace

void add_completion(Program& program) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      program.add_command("completion", "Print a completion script for bash, zsh or fish", [&program, shell] {
        std::vector<CLI::App*> commands = program.app.get_subcommands({});
        std::string script = *shell == "fish"  ? fish_script(commands)
                             : *shell == "zsh" ? zsh_script(commands)
                                               : bash_script(commands);
        print_line(script);
        return 0;
      });
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example: auris completion bash > ~/.local/share/bash-completion/completions/auris");
}

}  // namespace auris::apps
