#include "auris/processor/prompt.h"

#include <algorithm>

#include "auris/base/error.h"
#include "auris/base/trimmed.h"

namespace auris::processor {
namespace {

using text::MarkedText;

constexpr std::string_view kLlasoSystem =
    "A chat between a curious user and an artificial intelligence assistant. The assistant is able to "
    "understand the "
    "audio content that the user provides, and assist the user with a variety of tasks using natural "
    "language.The "
    "audio content will be provided with the following format: <Audio>audio content</Audio>.";

MarkedText slice(const MarkedText& whole, size_t begin, size_t end) {
  MarkedText part;
  part.text = whole.text.substr(begin, end - begin);
  for (const MarkedText::Range& range : whole.trusted) {
    size_t from = std::max(range.begin, begin), to = std::min(range.end, end);
    if (from < to) part.trusted.push_back({from - begin, to - begin});
  }
  return part;
}

bool has_audio(const Message& message) {
  return std::any_of(message.parts.begin(), message.parts.end(),
                     [](const Part& part) { return std::holds_alternative<AudioPart>(part); });
}

std::string text_of(const Message& message) {
  std::string all;
  for (const Part& part : message.parts) {
    if (const auto* text = std::get_if<TextPart>(&part)) all += text->text;
  }
  return all;
}

[[noreturn]] void fail_deaf() {
  throw Error(ErrorCode::kUsage, {.where = "processor",
                                  .expected = "a conversation in text: this model does not hear",
                                  .got = "a recording",
                                  .hint = "transcribe it first, or use an audio language model"});
}

nlohmann::ordered_json content_parts(const Message& message) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const Part& part : message.parts) {
    if (const auto* text = std::get_if<TextPart>(&part)) {
      parts.push_back({{"type", "text"}, {"text", text->text}});
    } else {
      parts.push_back({{"type", "audio"}});
    }
  }
  return parts;
}

constexpr std::string_view kBlanks = " \t\n\v\f\r";

// One turn of LLaSO: its text is stripped at both ends, and each recording is dressed in tags with line
// breaks that depend on whether text stands before the first one.
void append_llaso_turn(const Message& message, MarkedText& prompt) {
  bool text_first = false;
  for (const Part& part : message.parts) {
    if (std::holds_alternative<AudioPart>(part)) break;
    text_first = text_first || !trimmed(std::get<TextPart>(part).text, kBlanks).empty();
  }
  std::string before = text_first ? "\n" : "", behind = text_first ? "\n\n" : "\n";
  for (size_t i = 0; i < message.parts.size(); ++i) {
    if (std::holds_alternative<AudioPart>(message.parts[i])) {
      prompt.append(
          before + "<Audio><audio_start>" + std::string(kLlasoMark) + "<audio_end></Audio>" + behind, true);
      continue;
    }
    std::string_view text = std::get<TextPart>(message.parts[i]).text;
    std::string_view bare = trimmed(text, kBlanks);
    size_t begin = static_cast<size_t>(bare.data() - text.data());
    if (i == 0) text.remove_prefix(begin);
    if (i + 1 == message.parts.size()) text = text.substr(0, bare.size() + (i == 0 ? 0 : begin));
    prompt.append(text, false);
  }
}

}  // namespace

PromptPieces cut_at(const MarkedText& prompt, std::string_view mark) {
  AURIS_CHECK(!mark.empty());
  PromptPieces pieces;
  size_t begin = 0;
  for (const MarkedText::Range& range : prompt.trusted) {
    for (size_t at = prompt.text.find(mark, range.begin);
         at != std::string::npos && at + mark.size() <= range.end;
         at = prompt.text.find(mark, at + mark.size())) {
      pieces.push_back(slice(prompt, begin, at));
      begin = at + mark.size();
    }
  }
  pieces.push_back(slice(prompt, begin, prompt.text.size()));
  return pieces;
}

MarkedText render_with_template(std::span<const Message> messages, const TemplatePrompt& options) {
  AURIS_CHECK(options.chat_template != nullptr);
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  text::RenderOptions render{.add_generation_prompt = options.add_generation_prompt,
                             .bos_token = options.bos_token,
                             .eos_token = options.eos_token};
  for (size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    nlohmann::ordered_json content = text_of(message);
    if (has_audio(message)) {
      if (options.audio == AudioContent::kNone) fail_deaf();
      if (options.audio == AudioContent::kParts) content = content_parts(message);
      if (options.audio == AudioContent::kInline) {
        MarkedText marked;
        for (const Part& part : message.parts) {
          const auto* text = std::get_if<TextPart>(&part);
          marked.append(text != nullptr ? text->text : options.mark, text == nullptr);
        }
        render.marked["/" + std::to_string(i) + "/content"] = marked;
      }
    }
    json.push_back({{"role", name_of(message.role)}, {"content", content}});
  }
  return options.chat_template->render(json, render);
}

MarkedText render_llaso(std::span<const Message> messages, bool add_generation_prompt) {
  MarkedText prompt;
  auto open_turn = [&](std::string_view role) {
    prompt.append("<|start_header_id|>" + std::string(role) + "<|end_header_id|>\n\n", true);
  };
  bool own_system = !messages.empty() && messages.front().role == Role::kSystem;
  if (!own_system) {
    open_turn("system");
    prompt.append(std::string(kLlasoSystem) + "<|eot_id|>", true);
  }
  for (const Message& message : messages) {
    open_turn(name_of(message.role));
    append_llaso_turn(message, prompt);
    prompt.append("<|eot_id|>", true);
  }
  if (add_generation_prompt) open_turn("assistant");
  return prompt;
}

}  // namespace auris::processor
