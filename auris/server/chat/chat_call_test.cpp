#include "auris/server/chat/chat_call.h"

#include <gtest/gtest.h>

#include "auris/audio/wav_writer.h"
#include "auris/server/api/api_error.h"
#include "auris/text/base64.h"

namespace auris::server {
namespace {

using nlohmann::json;

ChatCall parsed(const json& body) { return parse_chat_call(body.dump(), RecordingReader{}, {}); }

json question(json content) { return {{"messages", {{{"role", "user"}, {"content", std::move(content)}}}}}; }

json with(const char* key, json value) {
  json body = question("Hello");
  body[key] = std::move(value);
  return body;
}

ApiErrorParts refused(const std::string& body) {
  try {
    parse_chat_call(body, RecordingReader{}, {});
  } catch (...) {
    return parts_of(std::current_exception());
  }
  return {.status = 200, .message = ""};
}

std::string wav() {
  audio::AudioClip clip;
  clip.samples.assign(4000, 0.25F);
  return text::to_base64(audio::wav_bytes(clip));
}

TEST(ChatCall, ReadsTextsAndRecordingsInTheirOrder) {
  const ChatCall call =
      parsed(question({{{"type", "text"}, {"text", "What is said?"}},
                       {{"type", "input_audio"}, {"input_audio", {{"data", wav()}, {"format", "wav"}}}},
                       {{"type", "audio_url"}, {"audio_url", {{"url", "data:audio/wav;base64," + wav()}}}}}));
  ASSERT_EQ(call.turns.size(), 1u);
  ASSERT_EQ(call.turns[0].parts.size(), 3u);
  EXPECT_EQ(std::get<processor::TextPart>(call.turns[0].parts[0]).text, "What is said?");
  EXPECT_EQ(std::get<processor::AudioPart>(call.turns[0].parts[1]).clip->samples.size(), 4000u);
  EXPECT_EQ(std::get<processor::AudioPart>(call.turns[0].parts[2]).clip->samples.size(), 4000u);
}

TEST(ChatCall, TakesWhatClientsSend) {
  json body = with("max_completion_tokens", 7);
  body.update(
      {{"model", "m"},
       {"temperature", 0.5},
       {"top_p", 0.9},
       {"top_k", 5},
       {"seed", -3},
       {"stop", "end"},
       {"logprobs", true},
       {"top_logprobs", 2},
       {"n", 3},
       {"stream", true},
       {"stream_options", {{"include_usage", true}}},
       {"logit_bias", {{"5", -100}}},
       {"user", "somebody"},
       {"a field of next year", {1, 2}},
       {"tools", json::array()},
       {"response_format",
        {{"type", "json_schema"}, {"json_schema", {{"name", "n"}, {"schema", {{"type", "integer"}}}}}}}});
  const ChatCall call = parsed(body);
  EXPECT_EQ(call.model, "m");
  EXPECT_EQ(call.options.max_tokens, 7);
  EXPECT_FLOAT_EQ(call.options.sampling.temperature, 0.5F);
  EXPECT_EQ(call.options.sampling.top_k, 5);
  EXPECT_EQ(call.options.sampling.seed, static_cast<uint64_t>(-3));
  EXPECT_EQ(call.options.stop, std::vector<std::string>{"end"});
  EXPECT_EQ(call.options.sampling.top_logprobs, 2);
  EXPECT_EQ(call.answers, 3);
  EXPECT_TRUE(call.stream && call.include_usage);
  EXPECT_TRUE(call.form.has_value());
  EXPECT_EQ(call.options.sampling.logit_bias.size(), 1u);
}

TEST(ChatCall, NamesTheFieldThatIsWrong) {
  const std::vector<std::pair<json, std::string>> cases = {
      {with("temperature", -1), "temperature"},
      {with("temperature", "hot"), "temperature"},
      {with("max_tokens", -1), "max_tokens"},
      {with("max_tokens", 1e30), "max_tokens"},
      {with("max_tokens", 18446744073709551615u), "max_tokens"},
      {with("n", 0), "n"},
      {with("n", 100000), "n"},
      {with("stop", {1}), "stop"},
      {with("stop", std::vector<std::string>(17, "a")), "stop"},
      {with("logit_bias", {{"x", 1}}), "logit_bias"},
      {with("logit_bias", {{"4294967296", 1}}), "logit_bias"},
      {with("logit_bias", {{"99999999999999999999", 1}}), "logit_bias"},
      {with("tools", {{{"type", "function"}}}), "tools"},
      {with("response_format", {{"type", "xml"}}), "response_format.type"},
      {with("response_format", {{"type", "json_schema"}, {"json_schema", {{"schema", {{"type", "cat"}}}}}}),
       "response_format.json_schema.schema"},
      {with("messages", "none"), "messages"},
      {with("messages", json::array()), "messages"},
      {question(json()), "messages[0].content"},
      {question({{{"type", "image_url"}}}), "messages[0].content[0].type"},
      {question({{{"type", "text"}, {"text", 3}}}), "messages[0].content[0].text"},
      {question({{{"type", "input_audio"}, {"input_audio", {{"data", "?"}}}}}),
       "messages[0].content[0].input_audio.data"},
      {{{"messages", {{{"role", "king"}, {"content", "x"}}}}}, "messages[0].role"},
      {{{"messages", {{{"role", "assistant"}, {"content", "x"}}}}}, "messages"},
  };
  for (const auto& [body, param] : cases) {
    const ApiErrorParts parts = refused(body.dump());
    EXPECT_EQ(parts.status, 400) << body;
    EXPECT_EQ(parts.param, param) << body;
  }
}

TEST(ChatCall, RefusesBodiesThatAreNoRequest) {
  for (const std::string& body : {std::string(), std::string("["), std::string("[]"), std::string("3"),
                                  std::string("{\"messages\":"), std::string(100000, '['), std::string("{}")})
    EXPECT_EQ(refused(body).status, 400) << body.substr(0, 20);
}

// What is few bytes to send and much memory or time to read.
TEST(ChatCall, RefusesBodiesOfManyValues) {
  std::string zeros = "0";
  for (int i = 0; i < 200'000; ++i) zeros += ",0";
  EXPECT_EQ(refused(R"({"messages":[{"role":"user","content":"x"}],"x":[)" + zeros + "]}").status, 400);
  json schema = {{"type", "object"}, {"properties", json::object()}};
  for (int i = 0; i < 20'000; ++i) schema["properties"][std::to_string(i)] = true;
  const json format = {{"type", "json_schema"}, {"json_schema", {{"schema", schema}}}};
  EXPECT_EQ(refused(with("response_format", format).dump()).param, "response_format");
  EXPECT_EQ(refused(with("metadata", schema).dump()).status, 200);
}

TEST(ChatCall, FormsAreReadFromTheLastResponseFormatOnly) {
  const auto format = [](const char* type) {
    return R"("response_format":{"type":"json_schema","json_schema":{"schema":{"type":")" +
           std::string(type) + "\"}}}";
  };
  const std::string messages = R"("messages":[{"role":"user","content":"x"}],)";
  EXPECT_EQ(refused("{" + messages + format("cat") + "," + format("null") + "}").status, 200);
  EXPECT_EQ(refused("{" + messages + format("null") + "," + format("cat") + "}").status, 400);
  EXPECT_EQ(refused("{" + messages + format("null") + R"(,"a":{"response_format":3}})").status, 200);
}

}  // namespace
}  // namespace auris::server
