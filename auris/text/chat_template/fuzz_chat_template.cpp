// Input: a template, then, behind a byte 0xff, text for the message it renders.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "auris/base/error.h"
#include "auris/text/chat_template/chat_template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::text;
  std::string input(reinterpret_cast<const char*>(data), size);
  size_t border = std::min(input.find('\xff'), input.size());
  std::string content = input.substr(std::min(border + 1, input.size()));
  nlohmann::ordered_json messages = {
      {{"role", "system"}, {"content", "Be brief."}},
      {{"role", "user"}, {"content", content}, {"n", 3}, {"x", -0.5}, {"tool_calls", {{{"name", content}}}}},
      {{"role", "assistant"}, {"content", {{{"type", "text"}, {"text", content}}, {{"type", "audio"}}}}}};
  RenderOptions options{.add_generation_prompt = true, .bos_token = "<s>", .eos_token = "</s>"};
  options.tools = {{{"name", "f"}, {"parameters", nullptr}}};
  options.limits = {
      .max_steps = 50'000, .max_text_bytes = 1 << 20, .max_output_bytes = 1 << 18, .max_call_depth = 400};
  try {
    MarkedText result = ChatTemplate::parse(input.substr(0, border)).render(messages, options);
    size_t done = 0;
    for (const MarkedText::Range& range : result.trusted) {
      if (range.begin < done || range.begin >= range.end || range.end > result.text.size()) __builtin_trap();
      done = range.end;
    }
  } catch (const auris::Error& error) {
    if (error.code() == auris::ErrorCode::kInternal) throw;
  }
  return 0;
}
