#include <cstdint>

#include "auris/base/error.h"
#include "auris/eval/endpoint/chat_reply.h"

// Any bytes are an answer or a kNetwork error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  auris::eval::server_message(body);
  for (auto* parse : {+[](std::string_view text) { auris::eval::chat_reply_from(text); },
                      +[](std::string_view text) { auris::eval::transcription_from(text); }}) {
    try {
      parse(body);
    } catch (const auris::Error& error) {
      if (error.code() != auris::ErrorCode::kNetwork) __builtin_trap();
    }
  }
  return 0;
}
