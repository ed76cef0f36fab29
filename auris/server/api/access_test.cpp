#include "auris/server/api/access.h"

#include <gtest/gtest.h>

#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

HttpRequest request_with(HttpHeaders headers) {
  return {.method = "POST",
          .path = "/",
          .query = "",
          .headers = std::move(headers),
          .body = "",
          .peer = "10.0.0.1"};
}

int status_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const ApiError& error) {
    return error.parts().status;
  }
  return 200;
}

TEST(Access, AnyOfItsKeysOpensShownInAnyOfThreeWays) {
  const Access access({.keys = {"one", "two"}});
  for (const HttpHeaders& headers : {HttpHeaders{{"authorization", "Bearer one"}},
                                     HttpHeaders{{"x-api-key", "two"}}, HttpHeaders{{"api-key", "one"}}})
    EXPECT_EQ(status_of([&] { access.require_key(request_with(headers)); }), 200);
  for (const HttpHeaders& headers :
       {HttpHeaders{}, HttpHeaders{{"authorization", "Bearer three"}}, HttpHeaders{{"authorization", "one"}},
        HttpHeaders{{"authorization", "Bearer on"}}, HttpHeaders{{"authorization", "Bearer onee"}}})
    EXPECT_EQ(status_of([&] { access.require_key(request_with(headers)); }), 401);
}

TEST(Access, WithoutKeysItIsOpen) {
  EXPECT_EQ(status_of([] { Access({}).require_key(request_with({})); }), 200);
}

TEST(Access, CountsRequestsOfEachKeyApart) {
  Access access({.keys = {"one", "two"}, .requests_per_minute = 3});
  const HttpRequest one = request_with({{"x-api-key", "one"}}), two = request_with({{"x-api-key", "two"}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of([&] { access.count(one); }), 200);
  try {
    access.count(one);
    ADD_FAILURE() << "a fourth request was let in";
  } catch (const ApiError& error) {
    EXPECT_EQ(error.parts().status, 429);
    EXPECT_EQ(error.parts().retry_after_s, 20);
  }
  EXPECT_EQ(status_of([&] { access.count(two); }), 200);
}

TEST(Access, PagesOfOtherOriginsCannotReadAnswers) {
  const Access access({.origins = {"https://a.example"}});
  const auto header_for = [&](const std::string& origin) {
    Exchange exchange(request_with({{"origin", origin}}), 1000, [] {});
    access.allow_origin(exchange);
    exchange.respond({});
    const HttpResponse head = *exchange.take().head;
    for (const auto& [name, value] : head.headers) {
      if (name == "Access-Control-Allow-Origin") return value;
    }
    return std::string();
  };
  EXPECT_EQ(header_for("https://a.example"), "https://a.example");
  EXPECT_EQ(header_for("https://b.example"), "");
}

TEST(Access, CountsAddressesWhereThereAreNoKeys) {
  Access access({.requests_per_minute = 1});
  const auto count = [&](const std::string& peer) {
    HttpRequest request = request_with({});
    request.peer = peer;
    return status_of([&] { access.count(request); });
  };
  EXPECT_EQ(count("192.0.2.1"), 200);
  EXPECT_EQ(count("192.0.2.1"), 429);
  EXPECT_EQ(count("192.0.2.2"), 200);
  EXPECT_EQ(count("::ffff:192.0.2.1"), 200);
  EXPECT_EQ(count("::ffff:192.0.2.2"), 200);
  EXPECT_EQ(count("2001:db8:0:1::1"), 200);
  EXPECT_EQ(count("2001:db8:0:1:2::"), 429) << "of the same network";
  EXPECT_EQ(count("2001:db8:0:2::1"), 200);
}

int page_status(const AccessOptions& options, const HttpHeaders& headers) {
  return status_of([&] { Access(options).require_known_page(request_with(headers)); });
}

TEST(Access, OnlyPagesOfKnownOriginsAsk) {
  const AccessOptions options{.origins = {"https://a.example"}};
  for (const char* origin : {"https://a.example", "http://localhost:8080", "HTTP://LOCALHOST:8080"})
    EXPECT_EQ(page_status(options, {{"host", "localhost:8080"}, {"origin", origin}}), 200) << origin;
  for (const char* origin :
       {"https://b.example", "null", "://", "http://localhost", "http://localhost:8081", "localhost:8080",
        "http://localhost:8080.b.example", "http://x@localhost:8080", "https://a.example.b.example"})
    EXPECT_EQ(page_status(options, {{"host", "localhost:8080"}, {"origin", origin}}), 403) << origin;
  EXPECT_EQ(page_status({.origins = {"*"}}, {{"host", "x"}, {"origin", "null"}}), 200);
  EXPECT_EQ(page_status({.keys = {"k"}}, {{"host", "x"}, {"origin", "http://y"}}), 403);
}

TEST(Access, ALocalServerWithoutKeysAnswersToItsOwnNamesOnly) {
  const AccessOptions options{.names = {"speech.example"}, .local_only = true};
  for (const char* host : {"localhost", "LocalHost:80", "a.localhost:8080", "127.0.0.1:8080", "[::1]:8080",
                           "[::1]", "192.168.1.7", "speech.example:443", ""})
    EXPECT_EQ(page_status(options, {{"host", host}}), 200) << host;
  for (const char* host : {"b.example", "b.example:8080", "localhost.b.example", "xlocalhost",
                           "127.0.0.1.b.example", "[b.example]", "[", "0x7f.1", ":8080"})
    EXPECT_EQ(page_status(options, {{"host", host}}), 403) << host;
  // Pages know no key, and other machines know this one by names that it does not.
  EXPECT_EQ(page_status({.keys = {"k"}, .local_only = true}, {{"host", "b.example"}}), 200);
  EXPECT_EQ(page_status({}, {{"host", "b.example"}}), 200);
}

}  // namespace
}  // namespace auris::server
