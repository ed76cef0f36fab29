// Any bytes as the body of a chat request: a call, or an ApiError or Error that says what is wrong. A call's
// form makes an automaton that reads some text.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auris/base/error.h"
#include "auris/generate/grammar/automaton.h"
#include "auris/server/api/api_error.h"
#include "auris/server/chat/chat_call.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try {
    server::ChatCall call = server::parse_chat_call(body, server::RecordingReader({.most_seconds = 5}), {});
    if (call.turns.empty() || call.options.max_tokens < 1 || call.answers < 1) std::abort();
    if (!call.form) return 0;
    generate::Automaton automaton(std::move(call.form->grammar), call.form->root);
    generate::Automaton::State state = automaton.start();
    for (const char byte : std::string_view("{\"a\": [1, \"b\\u00e9\", null, {}]}"))
      state = automaton.next(state, static_cast<uint8_t>(byte));
  } catch (const server::ApiError& refused) {
    if (refused.parts().status != 400) std::abort();
  } catch (const Error& refused) {
    if (refused.code() != ErrorCode::kUsage) std::abort();
  }
  return 0;
}
