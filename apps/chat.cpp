// auris chat: a conversation in the terminal. Typed and spoken turns mix freely: /audio FILE adds a recording
// to the turn.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <utility>

#include "apps/generation_flags.h"
#include "apps/recording.h"
#include "auris/base/log.h"
#include "auris/engine/engine.h"

namespace auris::apps {
namespace {

constexpr const char* kHelp =
    "/audio FILE   add a recording to the next turn; with a model that hears, an empty line sends it alone\n"
    "/clear        forget the conversation\n"
    "/history      show it\n"
    "/help         this text\n"
    "/exit         leave (also Ctrl-D)";

struct ChatFlags {
  GenerationFlags generation;
  std::string speech_model = "whisper-base";
};

class Chat {
 public:
  Chat(Program& program, const ChatFlags& flags)
      : program_(program),
        flags_(flags),
        engine_(engine::Engine::load({.speech_model = flags.speech_model,
                                      .language_model = flags.generation.model,
                                      .kv_cache = kv_cache_of(flags.generation),
                                      .context_tokens = flags.generation.context,
                                      .device = flags.generation.device})),
        session_(engine_->start_session(
            {.system = flags.generation.system, .kv_cache = kv_cache_of(flags.generation)})),
        interactive_(::isatty(STDIN_FILENO) == 1) {}

  int run() {
    if (interactive_)
      fmt::print(stderr, "Talking to {}. /help lists the commands.\n", flags_.generation.model);
    std::string line;
    while (prompt() && std::getline(std::cin, line)) {
      if (line == "/exit" || line == "/quit") break;
      try {
        take(line);
      } catch (const Error& error) {  // a typo in a file name must not end the conversation
        if (!interactive_ && error.code() != ErrorCode::kUsage) throw;
        log_line(LogLevel::kError, error.what());
      }
    }
    return 0;
  }

 private:
  bool prompt() const {
    if (interactive_) fmt::print(stderr, "> ");
    return true;
  }

  void take(const std::string& line) {
    if (line.rfind("/audio ", 0) == 0) return hear(line.substr(7));
    if (line == "/clear") return forget();
    if (line == "/history") return show_history();
    if (line == "/help") return print_line(kHelp);
    if (!line.empty() && line[0] == '/') {
      throw Error(ErrorCode::kUsage,
                  {.where = "chat", .expected = "a command of /help", .got = quoted(line), .hint = ""});
    }
    if (!line.empty() || !clips_.empty()) answer(line);
  }

  void forget() {
    session_->clear();
    clips_.clear();
    heard_.clear();
  }

  void hear(const std::string& file) {
    if (session_->model().hears()) {
      clips_.push_back(read_shared_recording(file));
      fmt::print(stderr, "added: {} ({:.1f} s)\n", file, clips_.back()->duration_s());
      return;
    }
    generate::Transcript transcript = engine_->transcribe(read_recording(file));
    std::string text =
        transcript.text.substr(std::min(transcript.text.find_first_not_of(' '), transcript.text.size()));
    heard_ += text.empty() ? "(a recording without speech)\n" : text + "\n";
    fmt::print(stderr, "heard: {}\n", text.empty() ? "no speech" : text);
  }

  void answer(const std::string& typed) {
    engine::Turn turn{.text = typed, .audio = std::exchange(clips_, {})};  // a bad one must not stay
    if (!heard_.empty()) turn.text = engine::cascade_prompt(heard_.substr(0, heard_.size() - 1), typed);
    generate::GenerationCallbacks callbacks;
    callbacks.cancelled = interrupted;
    if (!program_.common.json) {
      callbacks.on_text = [](const std::string& text) {
        fmt::print("{}", text);
        std::fflush(stdout);
      };
    }
    generate::Generation reply = session_->send(turn, flags_.generation.options, callbacks);
    heard_.clear();
    if (program_.common.json) {
      print_json_line({{"answer", reply.text},
                       {"finish_reason", generate::name_of(reply.finish_reason)},
                       {"prompt_tokens", reply.prompt_tokens},
                       {"cached_tokens", reply.cached_tokens},
                       {"answer_tokens", reply.tokens.size()},
                       {"timings",
                        {{"prefill_s", reply.prefill_s},
                         {"decode_s", reply.decode_s},
                         {"first_token_s", reply.first_token_s}}}});
    } else {
      print_line("");
    }
  }

  void show_history() const {
    for (const engine::Message& message : session_->history()) {
      std::string clips;
      for (const engine::Clip& clip : message.audio)
        clips += fmt::format("[recording, {:.1f} s] ", clip->duration_s());
      print_line(message.role + ": " + clips + message.content);
    }
  }

  Program& program_;
  const ChatFlags& flags_;
  std::shared_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Session> session_;
  // Recordings that wait for the next turn: themselves if the model hears, else their transcripts.
  std::vector<engine::Clip> clips_;
  std::string heard_;
  bool interactive_;
};

}  // namespace

void add_chat(Program& program) {
  auto flags = std::make_shared<ChatFlags>();
  CLI::App* command = program.add_command("chat", "Talk to a language model; /audio FILE adds a recording",
                                          [&program, flags] { return Chat(program, *flags).run(); });
  add_generation_flags(*command, flags->generation);
  command->add_option("--speech-model", flags->speech_model, "Speech model for recordings")
      ->capture_default_str();
  command->footer(std::string("In the conversation:\n") + kHelp);
}

}  // namespace auris::apps
