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
          .peer = "10.0.0.1:5"};
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

}  // namespace
}  // namespace auris::server
