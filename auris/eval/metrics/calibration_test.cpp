#include "auris/eval/metrics/calibration.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

// tools/reference/dump_agreement.py
TEST(Calibration, EqualsTorchmetricsAndScikitLearn) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/metrics/calibration.json");
  const auto golden = nlohmann::json::parse(file);
  EXPECT_EQ(golden.size(), 4u);
  for (const auto& test : golden) {
    CalibrationSums sums;
    for (size_t i = 0; i < test["truth"].size(); ++i) {
      sums += calibration_sums(test["probabilities"][i].get<std::vector<double>>(), test["truth"][i]);
    }
    EXPECT_EQ(sums.count(), std::ssize(test["truth"]));
    EXPECT_NEAR(sums.expected_error().value(), test["ece"].get<double>(),
                1e-6);  // the reference counts in f32
    EXPECT_NEAR(sums.brier().value(), test["brier"].get<double>(), 1e-12);
  }
}

// By hand: two of three right at 0.9, one of one wrong at 0.6.
TEST(Calibration, KnownAnswers) {
  CalibrationSums sums;
  for (size_t truth : {0, 0, 1}) sums += calibration_sums(std::vector{0.9, 0.1}, truth);
  sums += calibration_sums(std::vector{0.4, 0.6}, 0);
  EXPECT_NEAR(sums.expected_error().value(), (3 * (0.9 - 2.0 / 3) + 0.6) / 4, 1e-15);
  EXPECT_NEAR(sums.brier().value(), (2 * 0.02 + 1.62 + 0.72) / 4, 1e-15);
  EXPECT_FALSE(CalibrationSums().expected_error());
  EXPECT_FALSE(CalibrationSums().brier());
  EXPECT_EQ(calibration_sums(std::vector{1.0, 0.0}, 0).expected_error(), 0);
  EXPECT_EQ(calibration_sums(std::vector{1.0, 0.0}, 1).brier(), 2);
  EXPECT_EQ(calibration_sums(std::vector{0.5, 0.5}, 0).right[7], 1);  // equal ones: the first
  EXPECT_THROW(calibration_sums({}, 0), Error);
  EXPECT_THROW(calibration_sums(std::vector{1.0}, 1), Error);
}

}  // namespace
}  // namespace auris::eval
