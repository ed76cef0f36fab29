#include "auris/data/audit/audit_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace auris::data {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHostile = "</script><img src=x onerror=alert(1)>\u2028\xff";

nlohmann::json data_of(const std::string& page) {
  const std::string mark = "id=\"data\">";
  const size_t begin = page.find(mark) + mark.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

TEST(AuditPage, HoldsTheReportAndTheRejections) {
  AuditReport report;
  report.clips = 3;
  report.kept = 1;
  report.rejected = {{"noise", 2}};
  RejectionSample sample;
  sample.add({.what = "a", .reason = "noise", .detail = "a ratio of 3.1 dB"});
  const auto data = data_of(audit_page("clips.jsonl", report, {.min_snr_db = 12}, sample));
  EXPECT_EQ(data["name"], "clips.jsonl");
  EXPECT_EQ(data["report"]["rejected"]["noise"], 2);
  EXPECT_EQ(data["limits"]["min_snr_db"], 12);
  EXPECT_EQ(data["rejections"]["noise"][0]["detail"], "a ratio of 3.1 dB");
}

TEST(AuditPage, NamesAndTextsStayText) {
  AuditReport report;
  report.languages[kHostile] = 1;
  report.leaked_texts[kHostile] = {"dev", "test"};
  RejectionSample sample;
  sample.add({.what = kHostile, .reason = kHostile, .detail = kHostile});
  const std::string page = audit_page(kHostile, report, {}, sample);
  EXPECT_THAT(page.substr(0, page.find("<script>")), Not(HasSubstr("<img")));
  EXPECT_EQ(data_of(page)["rejections"].begin().key(), "</script><img src=x onerror=alert(1)>\u2028\ufffd");
}

TEST(AuditPage, KeepsTheFirstOfEachReason) {
  RejectionSample sample;
  for (size_t i = 0; i < 2 * RejectionSample::kOfEachReason; ++i) {
    sample.add({.what = std::to_string(i), .reason = "noise", .detail = ""});
  }
  sample.add({.what = "x", .reason = "silence", .detail = ""});
  ASSERT_EQ(sample.by_reason().size(), 2u);
  EXPECT_EQ(sample.by_reason().at("noise").size(), RejectionSample::kOfEachReason);
  EXPECT_EQ(sample.by_reason().at("noise").front().what, "0");
}

}  // namespace
}  // namespace auris::data
