#include "auris/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/page/parts.h"

namespace auris::page {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHostile = "</script><script>alert(1)</script><!--\u2028\u2029\u202e\"'&\\\xff\xc3";

TEST(Page, TextIsEscaped) {
  EXPECT_EQ(escaped("<a href=\"x\" title='y'>&"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
  EXPECT_EQ(escaped("b\xff"), "b\ufffd");
}

TEST(Page, JsonCannotLeaveItsElement) {
  const std::string json = script_json({{kHostile, kHostile}});
  for (const char* bad : {"<", ">", "&", "\u2028", "\u2029", "\xff"}) EXPECT_THAT(json, Not(HasSubstr(bad)));
  const auto parsed = nlohmann::json::parse(json);  // and is the same text for who reads it
  const std::string valid = "</script><script>alert(1)</script><!--\u2028\u2029\u202e\"'&\\\ufffd\ufffd";
  EXPECT_EQ(parsed.at(valid), valid);
}

TEST(Page, IsWholeInItself) {
  const std::string html =
      html_of({.title = kHostile, .script = "auris.section('x');", .data = {{"a", kHostile}}});
  EXPECT_THAT(html, HasSubstr("Content-Security-Policy\" content=\"default-src 'none'"));
  EXPECT_THAT(html, HasSubstr(std::string(chart_library())));
  EXPECT_THAT(html, HasSubstr(std::string(page_script())));
  EXPECT_THAT(html, HasSubstr("auris.section('x');"));
  EXPECT_THAT(html, Not(HasSubstr("alert(1)</script>")));
  for (const char* outside : {"src=\"", "@import", "href=\"http", "url("}) {
    EXPECT_THAT(html.substr(0, html.find("<script>")), Not(HasSubstr(outside)));
  }
}

TEST(Page, ChartLibraryKeepsItsLicence) {
  EXPECT_THAT(std::string(chart_library().substr(0, 1000)), HasSubstr("Apache License, Version 2.0"));
  EXPECT_THAT(std::string(chart_library()), HasSubstr("version=\"5.5.1\""));
}

// RFC 4648, section 10.
TEST(Page, DataUris) {
  EXPECT_EQ(data_uri("text/plain", ""), "data:text/plain;base64,");
  EXPECT_EQ(data_uri("a/b", "f"), "data:a/b;base64,Zg==");
  EXPECT_EQ(data_uri("a/b", "fo"), "data:a/b;base64,Zm8=");
  EXPECT_EQ(data_uri("a/b", "foobar"), "data:a/b;base64,Zm9vYmFy");
  EXPECT_EQ(data_uri("a/b", "\xff\xfe\xfd"), "data:a/b;base64,//79");
}

}  // namespace
}  // namespace auris::page
