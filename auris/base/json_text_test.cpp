#include "auris/base/json_text.h"

#include <gtest/gtest.h>

namespace auris {
namespace {

ErrorCode code_of(std::string_view text, const JsonLimits& limits = {}) {
  try {
    parse_json(text, "test", ErrorCode::kModel, limits);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(JsonText, ParsesAnObject) {
  EXPECT_EQ(parse_json(R"({"a": [1, 2.5, "x"]})", "test", ErrorCode::kModel).at("a").at(1), 2.5);
}

TEST(JsonText, DamagedTextIsTheCallersError) {
  EXPECT_EQ(code_of(R"({"a": )"), ErrorCode::kModel);
  EXPECT_EQ(code_of(""), ErrorCode::kModel);
  EXPECT_EQ(code_of("{} {}"), ErrorCode::kModel);
  EXPECT_EQ(code_of("\"\xff\""), ErrorCode::kModel);
}

TEST(JsonText, NumbersTooLargeAreTheCallersError) {
  EXPECT_EQ(code_of("[1e999]"), ErrorCode::kModel);
  EXPECT_EQ(code_of(R"({"a": -33333333e333333333333333333})"), ErrorCode::kModel);
}

TEST(JsonText, ValuesAreBounded) {
  const JsonLimits four{.max_values = 4};
  EXPECT_NO_THROW(parse_json(R"([0, ",,,[[{", 0])", "test", ErrorCode::kModel, four));
  EXPECT_EQ(code_of("[0, 0, 0, 0]", four), ErrorCode::kModel);
  EXPECT_EQ(code_of("[[[[]]]]", four), ErrorCode::kModel);
}

TEST(JsonText, DepthIsBounded) {
  EXPECT_EQ(code_of(std::string(65, '[') + std::string(65, ']')), ErrorCode::kModel);
  EXPECT_EQ(code_of(std::string(5'000'000, '[')), ErrorCode::kModel);
  EXPECT_NO_THROW(parse_json(std::string(64, '[') + std::string(64, ']'), "test", ErrorCode::kModel));
  const JsonLimits two{.max_depth = 2};
  EXPECT_NO_THROW(parse_json(R"([{}, {"[": "[[\"[[{"}, [], "\\", {}])", "test", ErrorCode::kModel, two));
  EXPECT_EQ(code_of(R"(["\\", [[]]])", two), ErrorCode::kModel);
}

TEST(JsonText, SizeIsBounded) { EXPECT_EQ(code_of("[1, 2, 3]", {.max_bytes = 5}), ErrorCode::kModel); }

}  // namespace
}  // namespace auris
