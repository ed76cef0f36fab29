#include "auris/eval/endpoint/chat_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/http/test_server.h"

namespace auris::eval {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "secret-key-1234";
const std::string kWav("RIFF\0\0\0\0WAVE....", 16);

class ChatEndpointTest : public testing::Test {
 protected:
  EndpointOptions options(const std::string& kind) const {
    return {.url = server_.url() + "/" + kind,
            .model = "gpt",
            .timeout_s = 20,
            .retry = {.attempts = 3, .first_wait_s = 0.01}};
  }
  std::string ask(const std::string& kind) const {
    return ChatEndpoint(options(kind)).complete({.content = {{.text = "Who?"}}}).text;
  }
  Error error_of(const EndpointOptions& options) const {
    try {
      ChatEndpoint(options).complete({.content = {{.text = "Who?"}}});
    } catch (const Error& error) {
      return error;
    }
    return {ErrorCode::kInternal, {.where = "", .expected = "an error", .got = "none", .hint = ""}};
  }

  http::TestServer server_{"chat_server.py"};
};

TEST_F(ChatEndpointTest, SendsWhatTheProtocolAsksFor) {
  EndpointOptions all = options("v1/");
  all.api_key = kKey;
  const ChatReply reply =
      ChatEndpoint(all).complete({.system = "Be brief.",
                                  .content = {{.text = "Before "}, {.wav = kWav}, {.text = " after"}},
                                  .max_tokens = 7,
                                  .temperature = 0.5,
                                  .seed = 3});
  EXPECT_EQ(reply.text, "model gpt, 16 bytes of sound, text: Before  after");
  EXPECT_FALSE(reply.truncated);
  const auto request = server_.log().at(0);
  EXPECT_EQ(request["path"], "/v1/chat/completions");
  EXPECT_EQ(request["authorization"], std::string("Bearer ") + kKey);
  EXPECT_EQ(request["body"]["messages"][0]["content"], "Be brief.");
  EXPECT_EQ(request["body"]["messages"][1]["content"][1]["input_audio"]["data"], "UklGRgAAAABXQVZFLi4uLg==");
  EXPECT_EQ(request["body"]["max_tokens"], 7);
  EXPECT_EQ(request["body"]["temperature"], 0.5);
  EXPECT_EQ(request["body"]["seed"], 3);
  ask("v1");
  const auto plain = server_.log().at(1);
  EXPECT_EQ(plain["body"]["messages"][0]["content"], "Who?");
  EXPECT_EQ(plain["authorization"], "");
  EXPECT_EQ(ChatEndpoint(options("v1")).transcribe(kWav, "whisper-1", "fr"),
            "transcribed 16 bytes by whisper-1");
  EXPECT_EQ(server_.log().at(2)["form"]["language"], "fr");
}

TEST_F(ChatEndpointTest, ReadsAllKindsOfAnswers) {
  EXPECT_EQ(ask("parts"), "two parts");
  EXPECT_EQ(ask("refusal"), "I must not.");
  EXPECT_EQ(ask("busy"), "model gpt, 0 bytes of sound, text: Who?");
  EXPECT_TRUE(ChatEndpoint(options("long")).complete({.content = {{.text = "Who?"}}}).truncated);
}

TEST_F(ChatEndpointTest, WhatIsNoAnswerIsAnError) {
  for (const char* kind : {"html", "text", "empty", "deep", "array", "nochoice", "nocontent", "number",
                           "down", "missing", "moved", "cut", "drop"}) {
    EXPECT_EQ(error_of(options(kind)).code(), ErrorCode::kNetwork) << kind;
  }
  EndpointOptions small = options("huge");
  small.max_reply_bytes = 1 << 20;
  EXPECT_EQ(error_of(small).code(), ErrorCode::kInput);
  const Error refused = error_of(options("refuses"));
  EXPECT_EQ(refused.code(), ErrorCode::kInput);
  EXPECT_THAT(refused.what(), HasSubstr("audio is not supported by this model"));
  EndpointOptions late = options("slow");
  late.timeout_s = 0.2;
  EXPECT_EQ(error_of(late).code(), ErrorCode::kNetwork);
  late.cancelled = [] { return true; };
  EXPECT_EQ(error_of(late).code(), ErrorCode::kCancelled);
}

TEST_F(ChatEndpointTest, TheKeyIsInNoMessage) {
  EndpointOptions keyed = options("key");
  EXPECT_THAT(error_of(keyed).what(), AllOf(HasSubstr("401"), HasSubstr("--api-key-env")));
  keyed.api_key = "wrong-key-5678";  // the server says which key it got
  EXPECT_THAT(error_of(keyed).what(), AllOf(HasSubstr("***"), Not(HasSubstr("wrong-key-5678"))));
  keyed.api_key = kKey;
  EXPECT_THAT(ChatEndpoint(keyed).complete({.content = {{.text = "Who?"}}}).text, HasSubstr("Who?"));
}

TEST(ChatEndpoint, AddressesAreChecked) {
  for (const char* url : {"", "host/v1", "ftp://host/v1", "http://", "http:///v1", "http://user:word@host/v1",
                          "http://host/v1?key=1", "http://host/v1#a", "http://host/v1\r\nX: y"}) {
    EXPECT_THROW(ChatEndpoint({.url = url, .model = "m"}), Error) << url;
  }
  EXPECT_EQ(ChatEndpoint({.url = "https://host/v1//", .model = "m"}).url(), "https://host/v1");
  EXPECT_THROW(ChatEndpoint({.url = "https://host", .model = ""}), Error);
  EXPECT_THROW(ChatEndpoint({.url = "https://host", .model = "m", .api_key = "a\nb"}), Error);
}

}  // namespace
}  // namespace auris::eval
