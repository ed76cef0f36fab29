#include "auris/server/api/router.h"

#include <gtest/gtest.h>

#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

class RouterTest : public testing::Test {
 protected:
  HttpResponse answer(const std::string& method, const std::string& path, HttpHeaders headers = {}) {
    auto exchange = std::make_shared<Exchange>(HttpRequest{.method = method,
                                                           .path = path,
                                                           .query = "",
                                                           .headers = std::move(headers),
                                                           .body = "",
                                                           .peer = "p:1"},
                                               1000, [] {});
    router_.handle(exchange);
    return *exchange->take().head;
  }

  Access access_{{.keys = {"key"}, .origins = {"https://a.example"}}};
  std::vector<RouteEnd> ends_;
  Router router_{access_, [this](const RouteEnd& end) { ends_.push_back(end); }};
};

TEST_F(RouterTest, FindsRoutesByMethodAndPath) {
  router_.add(
      "GET", "/open", [](const auto& exchange, const std::string&) { exchange->respond({.body = "open"}); },
      RouteAccess::kPublic);
  router_.add(
      "GET", "/v1/models/*",
      [](const auto& exchange, const std::string& rest) { exchange->respond({.body = rest}); },
      RouteAccess::kPublic);
  EXPECT_EQ(answer("GET", "/open").body, "open");
  EXPECT_EQ(answer("GET", "/v1/models/a%2Fb%20c").body, "a/b c");
  EXPECT_EQ(answer("GET", "/v1/models/%zz").status, 400);
  EXPECT_EQ(answer("GET", "/v1/models/").status, 404);
  EXPECT_EQ(answer("GET", "/open/").status, 404);
  EXPECT_EQ(answer("POST", "/open").status, 405);
  ASSERT_EQ(ends_.size(), 5u);  // an address that cannot be read has no route
  EXPECT_EQ(ends_[1].route, "/v1/models/*");
  EXPECT_EQ(ends_[2].route, "other");
  EXPECT_EQ(ends_[4].status, 405);
}

TEST_F(RouterTest, AsksForTheKeyBeforeTheRouteRuns) {
  bool has_run = false;
  router_.add("POST", "/secret", [&](const auto& exchange, const std::string&) {
    has_run = true;
    exchange->respond({});
  });
  EXPECT_EQ(answer("POST", "/secret").status, 401);
  EXPECT_FALSE(has_run);
  EXPECT_EQ(answer("POST", "/secret", {{"authorization", "Bearer key"}}).status, 200);
}

TEST_F(RouterTest, TheGateRefusesWhoMayNotAsk) {
  router_.add("POST", "/secret", [](const auto& exchange, const std::string&) { exchange->respond({}); });
  router_.add(
      "POST", "/open", [](const auto& exchange, const std::string&) { exchange->respond({}); },
      RouteAccess::kPublic);
  const auto status = [&](const std::string& path, HttpHeaders headers) {
    HttpRequest head;
    head.method = "POST";
    head.path = path;
    head.headers = std::move(headers);
    const std::optional<HttpResponse> refused = router_.gate(head);
    return refused ? refused->status : 0;
  };
  EXPECT_EQ(status("/secret", {}), 401);
  EXPECT_EQ(status("/secret", {{"authorization", "Bearer other"}}), 401);
  EXPECT_EQ(status("/secret", {{"authorization", "Bearer key"}}), 0);
  EXPECT_EQ(status("/open", {}), 0);
  EXPECT_EQ(status("/open", {{"host", "h"}, {"origin", "https://b.example"}}), 403);
  EXPECT_EQ(status("/nowhere", {}), 0);
  ASSERT_EQ(ends_.size(), 3u);
  EXPECT_EQ(ends_[0].route, "/secret");
  EXPECT_EQ(ends_[0].status, 401);
}

TEST_F(RouterTest, BrowsersMayAskWhatIsAllowed) {
  router_.add("POST", "/secret", [](const auto& exchange, const std::string&) { exchange->respond({}); });
  const HttpResponse response = answer("OPTIONS", "/secret", {{"origin", "https://a.example"}});
  EXPECT_EQ(response.status, 204);
  EXPECT_NE(
      std::find(response.headers.begin(), response.headers.end(),
                std::pair<std::string, std::string>("Access-Control-Allow-Origin", "https://a.example")),
      response.headers.end());
}

TEST_F(RouterTest, PagesOfOtherOriginsDoNotEvenAsk) {
  bool has_run = false;
  router_.add(
      "POST", "/open",
      [&](const auto& exchange, const std::string&) {
        has_run = true;
        exchange->respond({});
      },
      RouteAccess::kPublic);
  EXPECT_EQ(answer("POST", "/open", {{"host", "h"}, {"origin", "https://b.example"}}).status, 403);
  EXPECT_EQ(answer("OPTIONS", "/open", {{"host", "h"}, {"origin", "https://b.example"}}).status, 403);
  EXPECT_FALSE(has_run);
  EXPECT_EQ(answer("POST", "/open", {{"host", "h"}, {"origin", "http://h"}}).status, 200);
}

TEST_F(RouterTest, CompressedBodiesAreRefused) {
  router_.add(
      "POST", "/open", [](const auto& exchange, const std::string&) { exchange->respond({}); },
      RouteAccess::kPublic);
  EXPECT_EQ(answer("POST", "/open", {{"content-encoding", "gzip"}}).status, 415);
  EXPECT_EQ(answer("POST", "/open", {{"content-encoding", "identity"}}).status, 200);
}

TEST_F(RouterTest, WhatARouteThrowsBecomesTheAnswer) {
  router_.add(
      "GET", "/busy", [](const auto&, const std::string&) { throw overloaded(); }, RouteAccess::kPublic);
  EXPECT_EQ(answer("GET", "/busy").status, 503);
}

TEST(NewId, AreAllDifferent) { EXPECT_NE(new_id("a-"), new_id("a-")); }

}  // namespace
}  // namespace auris::server
