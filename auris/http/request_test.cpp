#include "auris/http/request.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/http/retry.h"
#include "auris/http/test_server.h"

namespace auris::http {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr RetryOptions kQuick = {.attempts = 3, .first_wait_s = 0.01, .max_wait_s = 0.05};

class RequestTest : public testing::Test {
 protected:
  Request chat(const std::string& kind) const {
    return {.url = server_.url() + "/" + kind + "/chat/completions",
            .json_body = R"({"model": "m", "messages": [{"role": "user", "content": "hi"}]})",
            .timeout_s = 60};
  }
  static Error error_of(const Request& request) {
    try {
      send_with_retries(request, kQuick);
    } catch (const Error& error) {
      return error;
    }
    return {ErrorCode::kInternal, {.where = "", .expected = "an error", .got = "none", .hint = ""}};
  }
  size_t requests() const { return server_.log().size(); }

  TestServer server_{"chat_server.py"};
};

TEST_F(RequestTest, ReachesOnlyTheInternetWhereItIsToldTo) {
  Request request = chat("plain");
  request.public_addresses_only = true;
  const size_t before = requests();
  EXPECT_EQ(error_of(request).code(), ErrorCode::kNetwork);
  EXPECT_EQ(requests(), before);
  for (const char* host : {"localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"}) {
    const std::string port = server_.url().substr(server_.url().rfind(':'));
    request.url = std::string("http://") + host + port + "/plain/chat/completions";
    EXPECT_EQ(error_of(request).code(), ErrorCode::kNetwork) << host;
  }
  EXPECT_EQ(requests(), before);
}

TEST_F(RequestTest, PostsJsonAndForms) {
  EXPECT_THAT(send(chat("v1")).body, HasSubstr("text: hi"));
  const Reply form = send({.url = server_.url() + "/v1/audio/transcriptions",
                           .bearer_token = "token",
                           .form = {{.name = "model", .content = "w"},
                                    {.name = "file",
                                     .content = std::string("a\0b\r\n--", 7),
                                     .file_name = "a.wav",
                                     .content_type = "audio/wav"}}});
  EXPECT_EQ(form.status, 200);
  EXPECT_THAT(form.body, HasSubstr("transcribed 7 bytes by w"));
  EXPECT_EQ(server_.log()[1]["authorization"], "Bearer token");
  EXPECT_EQ(send(chat("moved")).status, 307);  // what is posted goes nowhere else
}

TEST_F(RequestTest, AsksAgainWhatMayPass) {
  EXPECT_EQ(send_with_retries(chat("busy"), kQuick).status, 200);
  EXPECT_EQ(requests(), 3u);
  EXPECT_EQ(send_with_retries(chat("limited"), kQuick).status, 200);
  EXPECT_EQ(requests(), 5u);
  EXPECT_EQ(send_with_retries(chat("down"), kQuick).status, 500);
  EXPECT_EQ(requests(), 8u);
  EXPECT_EQ(send_with_retries(chat("refuses"), kQuick).status, 400);
  EXPECT_EQ(requests(), 9u);
  for (const char* kind : {"cut", "drop"}) EXPECT_EQ(error_of(chat(kind)).code(), ErrorCode::kNetwork);
  EXPECT_EQ(requests(), 15u);
}

TEST_F(RequestTest, SizeAndTimeHaveLimits) {
  Request huge = chat("huge");
  huge.max_body_bytes = 2'000'000;
  EXPECT_EQ(error_of(huge).code(), ErrorCode::kInput);
  EXPECT_EQ(requests(), 1u);  // it would be as large again
  const auto begin = std::chrono::steady_clock::now();
  for (const char* kind : {"slow", "trickle"}) {
    Request late = chat(kind);
    late.timeout_s = 0.3;
    late.bearer_token = "secret-key";
    const Error error = error_of(late);
    EXPECT_EQ(error.code(), ErrorCode::kNetwork);
    EXPECT_THAT(error.what(), Not(HasSubstr("secret-key")));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  Request stopped = chat("slow");
  stopped.cancelled = [] { return true; };
  EXPECT_EQ(error_of(stopped).code(), ErrorCode::kCancelled);
}

TEST(Request, NobodyThere) {
  try {
    send_with_retries({.url = "http://127.0.0.1:1/v1"}, kQuick);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNetwork);
  }
  EXPECT_THROW(send({.url = "file:///etc/passwd"}), Error);
  EXPECT_TRUE(may_pass(429) && may_pass(503) && !may_pass(404) && !may_pass(200));
}

}  // namespace
}  // namespace auris::http
