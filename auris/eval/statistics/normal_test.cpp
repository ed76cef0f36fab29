#include "auris/eval/statistics/normal.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

// tools/reference/dump_statistics.py
TEST(Normal, EqualsScipy) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/statistics/normal.json");
  const auto golden = nlohmann::json::parse(file);
  for (const auto& [z, cdf] : golden["cdf"].get<std::vector<std::pair<double, double>>>()) {
    EXPECT_NEAR(normal_cdf(z), cdf, 1e-13 * cdf);
    EXPECT_NEAR(two_sided_p(z), 2 * std::min(cdf, 1 - cdf), 1e-12);
  }
  for (const auto& [share, z] : golden["quantile"].get<std::vector<std::pair<double, double>>>()) {
    EXPECT_NEAR(normal_quantile(share), z, 1e-12);
  }
}

TEST(Normal, RefusesCertainty) {
  for (double share : {0.0, 1.0, -1.0, std::nan("")}) EXPECT_THROW(normal_quantile(share), Error) << share;
}

}  // namespace
}  // namespace auris::eval
