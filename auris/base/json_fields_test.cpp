#include "auris/base/json_fields.h"

#include <gtest/gtest.h>

#include <limits>

#include "auris/base/error.h"

namespace auris {
namespace {

TEST(JsonFields, ReadsAndFallsBack) {
  auto json = nlohmann::json::parse(R"({"n": 5, "x": 1, "b": true, "s": "t", "null": null, "o": {"k": 2}})");
  JsonFields fields(json, "config");
  EXPECT_EQ(fields.integer("n", {1, 10}), 5);
  EXPECT_EQ(fields.integer("null", {1, 10}, 7), 7);
  EXPECT_EQ(fields.number("x", {0, 2}), 1.0);
  EXPECT_TRUE(fields.flag("b"));
  EXPECT_FALSE(fields.flag("absent", false));
  EXPECT_EQ(fields.text("s"), "t");
  EXPECT_EQ(fields.object("o").integer("k", {0, 9}), 2);
}

TEST(JsonFields, RefusesWrongTypesAndRangesByName) {
  nlohmann::json json = {{"n", 11},     {"minus", -1},
                         {"half", 0.5}, {"big", UINT64_MAX},
                         {"s", "t"},    {"nan", std::numeric_limits<double>::quiet_NaN()}};
  JsonFields fields(json, "config");
  for (const char* key : {"n", "minus", "half", "big", "s", "absent"}) {
    try {
      fields.integer(key, {0, 10});
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModel);
      EXPECT_NE(std::string(error.what()).find(key), std::string::npos);
    }
  }
  EXPECT_THROW(fields.number("nan", {0, 1}), Error);
  EXPECT_THROW(fields.flag("n"), Error);
  EXPECT_THROW(fields.text("n"), Error);
  EXPECT_THROW(fields.object("n"), Error);
  EXPECT_THROW(JsonFields(nlohmann::json::array(), "config"), Error);
}

}  // namespace
}  // namespace auris
