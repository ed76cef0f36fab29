// auris completion SHELL: a completion script, made from the very commands and flags that the program parses.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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

using Commands = std::vector<std::pair<std::string, const CLI::App*>>;

std::string first_word(const std::string& name) { return name.substr(0, name.find(' ')); }

// The words that can follow `typed`, each once: "" for the commands, "data" for those of a group.
std::vector<std::string> words_behind(const Commands& commands, const std::string& typed) {
  std::vector<std::string> words;
  for (const auto& [name, command] : commands) {
    const size_t blank = name.find(' ');
    std::string word = first_word(name);
    if (!typed.empty()) {
      if (blank == std::string::npos || word != typed) continue;
      word = name.substr(blank + 1);
    }
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::string bash_script(const Commands& commands) {
  std::string groups, cases;
  for (const std::string& word : words_behind(commands, "")) {
    const std::vector<std::string> inner = words_behind(commands, word);
    if (!inner.empty()) groups += fmt::format("    {}) words=\"{}\" ;;\n", word, fmt::join(inner, " "));
  }
  for (const auto& [name, command] : commands) {
    const char* rest = name.find(' ') == std::string::npos ? "\\ *" : "";
    std::string pattern = name;
    if (const size_t blank = name.find(' '); blank != std::string::npos) pattern.replace(blank, 1, "\\ ");
    cases += fmt::format("    {}{}) flags=\"{}\" ;;\n", pattern, rest, fmt::join(flags_of(*command), " "));
  }
  return fmt::format(
      "_auris() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\" flags=\"\"\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}    *) ;;\n  esac\n"
      "  if [ \"$COMP_CWORD\" -eq 2 ] && [ -n \"$words\" ]; then\n"
      "    COMPREPLY=($(compgen -W \"$words --help\" -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}} ${{COMP_WORDS[2]}}\" in\n{}  esac\n"
      "  case \"$word\" in\n"
      "    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
      "  esac\n"
      "}}\n"
      "complete -o filenames -F _auris auris\n",
      fmt::join(words_behind(commands, ""), " "), groups, cases);
}

std::string zsh_script(const Commands& commands) {
  return "#compdef auris\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(commands);
}

// Single quotes are the only characters that matter inside fish's single quotes.
std::string fish_quoted(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return out;
}

std::string fish_script(const Program& program) {
  const Commands commands = program.commands();
  std::string script;
  for (const std::string& word : words_behind(commands, "")) {
    script += fmt::format("complete -c auris -n __fish_use_subcommand -a {} -d '{}'\n", word,
                          fish_quoted(program.app.get_subcommand(word)->get_description()));
  }
  for (const auto& [name, command] : commands) {
    const std::string group = first_word(name);
    std::string condition = fmt::format("__fish_seen_subcommand_from {}", group);
    if (group != name) {
      const std::string word = name.substr(group.size() + 1);
      script += fmt::format(
          "complete -c auris -n '{}; and not __fish_seen_subcommand_from {}' -a {} -d '{}'\n", condition,
          fmt::join(words_behind(commands, group), " "), word, fish_quoted(command->get_description()));
      condition += fmt::format("; and __fish_seen_subcommand_from {}", word);
    }
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& flag : option->get_lnames()) {
        script += fmt::format("complete -c auris -n '{}' -l {} -d '{}'\n", condition, flag,
                              fish_quoted(option->get_description()));
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
        std::string script = *shell == "fish"  ? fish_script(program)
                             : *shell == "zsh" ? zsh_script(program.commands())
                                               : bash_script(program.commands());
        print_line(script);
        return 0;
      });
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example: auris completion bash > ~/.local/share/bash-completion/completions/auris");
}

}  // namespace auris::apps
