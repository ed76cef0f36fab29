#include "auris/server/page/page.h"

#include <algorithm>
#include <array>

#include <gmock/gmock.h>

#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

constexpr std::array<PageFile, 3> kFiles = {{{.path = "index.html", .content = "<p>Auris</p>"},
                                             {.path = "assets/index-a1.js", .content = "let a;"},
                                             {.path = "assets/index-b2.css", .content = "p{}"}}};

std::string header_of(const HttpResponse& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, &HttpHeaders::value_type::first);
  return found == response.headers.end() ? "" : found->second;
}

TEST(PageTest, AnswersWithAFileAndItsType) {
  const Page page(kFiles);
  const HttpResponse index = page.answer("index.html", {});
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.body, "<p>Auris</p>");
  EXPECT_EQ(index.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page.answer("assets/index-a1.js", {}).content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(page.answer("assets/index-b2.css", {}).content_type, "text/css; charset=utf-8");
}

TEST(PageTest, OnlyNamedByTheirContentAreKeptWithoutAsking) {
  const Page page(kFiles);
  EXPECT_EQ(header_of(page.answer("index.html", {}), "Cache-Control"), "no-cache");
  EXPECT_THAT(header_of(page.answer("assets/index-a1.js", {}), "Cache-Control"),
              testing::HasSubstr("immutable"));
}

TEST(PageTest, ScriptsComeFromTheServerAlone) {
  const std::string policy = header_of(Page(kFiles).answer("index.html", {}), "Content-Security-Policy");
  EXPECT_THAT(policy, testing::HasSubstr("default-src 'none'; script-src 'self'; style-src 'self';"));
  EXPECT_THAT(policy, testing::Not(testing::HasSubstr("unsafe")));
}

TEST(PageTest, WhoHasAFileIsNotSentItAgain) {
  const Page page(kFiles);
  const std::string tag = header_of(page.answer("index.html", {}), "ETag");
  EXPECT_NE(tag, header_of(page.answer("assets/index-a1.js", {}), "ETag"));
  HttpRequest request;
  const auto status_of = [&](const std::string& shown) {
    request.headers = {{"if-none-match", shown}};
    return page.answer("index.html", request).status;
  };
  EXPECT_EQ(status_of(tag), 304);
  EXPECT_EQ(status_of("W/\"x\", W/" + tag), 304);
  EXPECT_EQ(status_of("\"x\""), 200);
  request.headers = {{"if-none-match", tag}};
  EXPECT_TRUE(page.answer("index.html", request).body.empty());
}

int status_thrown(const Page& page, std::string_view path) {
  try {
    return page.answer(path, {}).status;
  } catch (const ApiError& error) {
    return error.parts().status;
  }
}

TEST(PageTest, WhatIsNotThereIs404) {
  EXPECT_EQ(status_thrown(Page(kFiles), "assets/../index.html"), 404);
  EXPECT_EQ(status_thrown(Page(kFiles), ""), 404);
  EXPECT_EQ(status_thrown(Page({}), "index.html"), 404);
}

}  // namespace
}  // namespace auris::server
