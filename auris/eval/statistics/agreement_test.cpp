#include "auris/eval/statistics/agreement.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

void expect_number(double ours, const nlohmann::json& reference) {
  if (reference.is_null()) {
    EXPECT_TRUE(std::isnan(ours)) << ours;
  } else {
    EXPECT_NEAR(ours, reference.get<double>(), 1e-12);
  }
}

// tools/reference/dump_agreement.py
TEST(Agreement, EqualsStatsmodelsAndScikitLearn) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/statistics/agreement.json");
  const auto golden = nlohmann::json::parse(file);
  EXPECT_EQ(golden.size(), 6u);
  for (const auto& test : golden) {
    const auto votes = test["votes"].get<std::vector<std::vector<int64_t>>>();
    const auto categories = test["categories"].get<int64_t>();
    std::vector<int64_t> first, second;
    for (const auto& item : votes) {
      first.push_back(item[0]);
      second.push_back(item[1]);
    }
    expect_number(fleiss_kappa(votes, categories), test["fleiss"]);
    expect_number(cohen_kappa(first, second, categories), test["cohen"]);
    expect_number(cohen_kappa(first, second, categories, KappaWeights::kLinear), test["linear"]);
    expect_number(cohen_kappa(first, second, categories, KappaWeights::kQuadratic), test["quadratic"]);
  }
}

TEST(Agreement, WhatCannotBeCompared) {
  using Votes = std::vector<std::vector<int64_t>>;
  const std::vector<int64_t> one{0, 1}, two{0}, wrong{0, 2};
  EXPECT_THROW(cohen_kappa(one, two, 2), Error);
  EXPECT_THROW(cohen_kappa(one, wrong, 2), Error);
  EXPECT_THROW(fleiss_kappa(Votes{{0, 1}, {0}}, 2), Error);
  EXPECT_THROW(fleiss_kappa(Votes{{0}}, 2), Error);
  EXPECT_THROW(fleiss_kappa(Votes{{0, -1}}, 2), Error);
  EXPECT_TRUE(std::isnan(fleiss_kappa(Votes{}, 2)));
  EXPECT_TRUE(std::isnan(cohen_kappa({}, {}, 2)));
  EXPECT_TRUE(std::isnan(fleiss_kappa(Votes{{1, 1}, {1, 1}}, 2)));
}

}  // namespace
}  // namespace auris::eval
