#include "auris/eval/endpoint/chat_reply.h"

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"

namespace auris::eval {
namespace {

using nlohmann::json;

constexpr const char* kWhere = "endpoint's reply";
constexpr size_t kMessageBytes = 300;

json parsed(std::string_view body) {
  return parse_json(body, kWhere, ErrorCode::kNetwork, {.max_depth = 32});
}

std::string text_of(const JsonFields& message) {
  const json& content = message.value("content");
  if (content.is_null()) return message.text("refusal");
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  for (const json& part : message.list("content")) {
    const JsonFields fields(part, kWhere, ErrorCode::kNetwork);
    if (fields.text("type") == "text") text += fields.text("text");
  }
  return text;
}

}  // namespace

ChatReply chat_reply_from(std::string_view body) {
  const json value = parsed(body);
  const JsonFields fields(value, kWhere, ErrorCode::kNetwork);
  const json& choices = fields.list("choices");
  if (choices.empty()) fields.fail("choices", "at least one", "none");
  const JsonFields choice(choices.front(), kWhere, ErrorCode::kNetwork);
  return {.text = text_of(choice.object("message")),
          .truncated = choice.text("finish_reason", "") == "length"};
}

std::string transcription_from(std::string_view body) {
  const json value = parsed(body);
  return JsonFields(value, kWhere, ErrorCode::kNetwork).text("text");
}

std::string server_message(std::string_view body) {
  try {
    const json value = parsed(body);
    if (value.is_object() && value.contains("error")) {
      const json& error = value["error"];
      if (error.is_string()) return quoted(error.get<std::string>(), kMessageBytes);
      if (error.is_object() && error.contains("message") && error["message"].is_string()) {
        return quoted(error["message"].get<std::string>(), kMessageBytes);
      }
    }
  } catch (const Error&) {  // a page for people
  }
  return quoted(body, kMessageBytes);
}

}  // namespace auris::eval
