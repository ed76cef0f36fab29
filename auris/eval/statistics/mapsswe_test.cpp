#include "auris/eval/statistics/mapsswe.h"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using nlohmann::json;

// One span for each of the letters C (right), S, D, I: finer than an aligner's, which the test must not mind.
std::vector<EditSpan> spans_of(const std::string& steps) {
  std::vector<EditSpan> spans;
  size_t reference = 0, hypothesis = 0;
  for (char step : steps) {
    EditSpan span{.reference_begin = reference, .hypothesis_begin = hypothesis};
    span.kind = step == 'C'   ? EditKind::kHit
                : step == 'S' ? EditKind::kSubstitution
                : step == 'D' ? EditKind::kDeletion
                              : EditKind::kInsertion;
    span.reference_end = reference += step == 'I' ? 0 : 1;
    span.hypothesis_end = hypothesis += step == 'D' ? 0 : 1;
    spans.push_back(span);
  }
  return spans;
}

MatchedPairs compare(const std::vector<std::pair<std::string, std::string>>& utterances) {
  MatchedPairsTest test;
  for (const auto& [first, second] : utterances) test.add(spans_of(first), spans_of(second));
  return test.result();
}

// tools/reference/dump_statistics.py: sclite and sc_stats, which prints three digits.
TEST(MatchedPairs, EqualsScStats) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/statistics/mapsswe.json");
  for (const json& golden : json::parse(file)) {
    MatchedPairsTest even, odd;
    size_t index = 0;
    for (const json& pair : golden["alignments"]) {
      (index++ % 2 ? odd : even).add(spans_of(pair[0]), spans_of(pair[1]));
    }
    const MatchedPairs pairs = (even += odd).result();
    EXPECT_EQ(pairs.segments, golden["segments"].get<int64_t>());
    EXPECT_EQ(pairs.first_errors, golden["first_errors"].get<int64_t>());
    EXPECT_EQ(pairs.second_errors, golden["second_errors"].get<int64_t>());
    EXPECT_NEAR(pairs.mean_difference, golden["mean"].get<double>(), 0.00051);
    EXPECT_NEAR(pairs.deviation, golden["deviation"].get<double>(), 0.00051);
    EXPECT_NEAR(pairs.z, golden["z"].get<double>(), 0.00051);
  }
}

TEST(MatchedPairs, SegmentsEndWhereBothAreRightTwice) {
  EXPECT_EQ(compare({{"SCS", "CCC"}}).segments, 1);
  EXPECT_EQ(compare({{"SCCS", "CCCC"}}).segments, 2);
  EXPECT_EQ(compare({{"SCCCS", "CCSCC"}}).segments, 1);
  EXPECT_EQ(compare({{"SCICS", "CCCC"}}).segments, 1);
  EXPECT_EQ(compare({{"SC", "CC"}, {"CS", "CC"}}).segments, 2);
  EXPECT_EQ(compare({{"CCCC", "CCCC"}}).segments, 0);
  EXPECT_EQ(compare({{"", "III"}}).second_errors, 3);
}

TEST(MatchedPairs, WhatNeverVariesIsNoProof) {
  const MatchedPairs equal = compare({{"S", "S"}, {"CD", "CD"}});
  EXPECT_EQ(equal.z, 0);
  EXPECT_EQ(equal.p, 1);
  EXPECT_EQ(compare({{"S", "C"}}).p, 1);
  EXPECT_EQ(compare({}).p, 1);
}

TEST(MatchedPairs, RefusesDifferentReferences) {
  MatchedPairsTest test;
  try {
    test.add(spans_of("CC"), spans_of("CCC"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
  EXPECT_EQ(test.result().segments, 0);
}

}  // namespace
}  // namespace auris::eval
