#pragma once
// What a body of POST /v1/chat/completions asks for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/json_text.h"
#include "auris/generate/text/answer_writer.h"
#include "auris/processor/message.h"
#include "auris/server/api/recording_reader.h"

namespace auris::server {

// Of bodies: recordings are long texts, but few values.
inline constexpr JsonLimits kBodyLimits = {
    .max_bytes = size_t{512} << 20, .max_depth = 64, .max_values = 1 << 17};

struct ChatDefaults {
  int most_tokens = 1024;  // of an answer whose request names no limit
  float temperature = 0;
};

struct ChatCall {
  std::string model;
  std::vector<processor::Message> turns;
  generate::GenerationOptions options;             // but for the form
  std::optional<generate::TextGrammar> form = {};  // of "response_format"
  bool has_seed = false;
  int answers = 1;  // "n"
  bool logprobs = false;
  bool stream = false;
  bool include_usage = false;  // of a stream, in a chunk of its own
};

// Decodes the recordings, which takes its time. Fields that are not known are passed over, those that are
// must be right. Throws ApiError 400.
ChatCall parse_chat_call(std::string_view body, const RecordingReader& recordings,
                         const ChatDefaults& defaults);

// Messages alone, as in /v1/tokenize. Throws as above.
std::vector<processor::Message> parse_messages(const nlohmann::json& messages, const std::string& where,
                                               const RecordingReader& recordings);

}  // namespace auris::server
