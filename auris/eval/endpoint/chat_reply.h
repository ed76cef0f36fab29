#pragma once
// What servers that speak the OpenAI protocol answer.

#include <string>
#include <string_view>

namespace auris::eval {

struct ChatReply {
  std::string text;
  bool truncated = false;  // the answer hit its limit of tokens
};

// Of /chat/completions: the first choice's content, a text or a list of parts; what a model says instead of
// an answer (its refusal) is its answer. kNetwork for anything else.
ChatReply chat_reply_from(std::string_view body);

// Of /audio/transcriptions. kNetwork for anything else.
std::string transcription_from(std::string_view body);

// What a server says about an error, in one short line: the message of its JSON, else the beginning of the
// body.
std::string server_message(std::string_view body);

}  // namespace auris::eval
