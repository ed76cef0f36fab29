// Hand-made model.bin files that lie. Each must end as kModel with a message that names the lie.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/weights/ctranslate2.h"
#include "auris/weights/test_bytes.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

constexpr uint8_t kF32 = 0, kI8 = 1, kI16 = 2;

class Model : public ByteBuilder<Model> {
 public:
  explicit Model(uint32_t variables, uint32_t version = 6) {
    u32(version);
    text("Spec").u32(3).u32(variables);
  }
  Model& text(std::string_view value) {
    u16(static_cast<uint16_t>(value.size() + 1)).raw(value).u8(0);
    return *this;
  }
  Model& head(std::string_view name, std::vector<uint32_t> extents, uint8_t type, uint32_t bytes) {
    text(name).u8(static_cast<uint8_t>(extents.size()));
    for (uint32_t extent : extents) u32(extent);
    u8(type).u32(bytes);
    return *this;
  }
  Model& variable(std::string_view name, std::vector<uint32_t> extents, uint8_t type, uint32_t bytes) {
    head(name, std::move(extents), type, bytes).zeros(bytes);
    return *this;
  }
  Model& aliases(std::vector<std::pair<std::string, std::string>> pairs) {
    u32(static_cast<uint32_t>(pairs.size()));
    for (const auto& [alias, name] : pairs) text(alias).text(name);
    return *this;
  }
};

struct Case {
  std::string name;
  std::string bytes;
  std::string message;
};

std::vector<Case> header_cases() {
  return {
      {"Empty", "", "4 bytes of version"},
      {"VersionOld", Model(0, 3).aliases({}), "version 3"},
      {"VersionFuture", Model(0, 7).aliases({}), "version 7"},
      {"SpecCut", TestBytes().u32(6).u16(9).raw("Spec"), "9 bytes of specification name"},
      {"SpecWithoutNul", TestBytes().u32(6).u16(4).raw("Spec").zeros(12), "ends with NUL"},
      {"SpecEmpty", TestBytes().u32(6).u16(0).zeros(12), "ends with NUL"},
      {"SpecOnlyNul", TestBytes().u32(6).u16(1).zeros(13), "a name of 0 bytes"},
      {"CountMissing", TestBytes().u32(6).u16(2).raw("S").u8(0).u32(3), "variable count"},
      {"CountHuge", Model(0xffffffff).aliases({}), "4294967295 variables within the file"},
      {"CountOneTooMany", Model(2).variable("a", {1}, kF32, 4).aliases({}), "variable name"},
      {"BytesBehind", Model(0).aliases({}).u8(0), "1 more bytes"},
  };
}

std::vector<Case> variable_cases() {
  return {
      {"NameTwice", Model(2).variable("a", {1}, kF32, 4).variable("a", {1}, kF32, 4).aliases({}),
       "'a' twice"},
      {"NameWithNul", Model(1).variable(std::string_view("a\0b", 3), {1}, kF32, 4).aliases({}), "byte 0x00"},
      {"NameNotUtf8", Model(1).variable("\xed\xa0\x80", {1}, kF32, 4).aliases({}), "byte 0xed"},
      {"NameCut", Model(1).u16(5000).raw("abc").zeros(20), "5000 bytes of variable name"},
      {"RankWithoutExtents", Model(1).text("aaaaaa").u8(255).u32(1), "bytes of extent"},
      {"TypeUnknown", Model(1).variable("a", {1}, 6, 4).aliases({}), "type number 6"},
      {"TypeHuge", Model(1).variable("a", {1}, 255, 4).aliases({}), "type number 255"},
      {"ExtentZero", Model(1).variable("a", {0}, kF32, 0).aliases({}), "extents above zero"},
      {"ExtentZeroAmongOthers", Model(1).variable("a", {4, 0, 4}, kF32, 0).aliases({}), "extents above zero"},
      {"ProductWraps", Model(1).variable("a", {1u << 31, 1u << 31, 4}, kF32, 0).aliases({}), "a sane shape"},
      {"ProductBeyond32Bits", Model(1).variable("a", {1u << 16, 1u << 16}, kI8, 0).aliases({}),
       "4294967296 bytes"},
      {"BytesTooFew", Model(1).variable("a", {4}, kF32, 12).aliases({}), "16 bytes for variable 'a'"},
      {"BytesTooMany", Model(1).variable("a", {4}, kF32, 20).aliases({}), "16 bytes for variable 'a'"},
      {"BytesBeyondFile", Model(1).head("a", {1u << 20}, kF32, 1u << 22).zeros(64),
       "4194304 bytes of a variable"},
      {"ManyDimensionsOverflow", Model(1).head("a", std::vector<uint32_t>(255, 2), kF32, 0).zeros(8),
       "a sane shape"},
      {"ScaleWrongLength",
       Model(2).variable("w", {4, 2}, kI8, 8).variable("w_scale", {2}, kF32, 8).aliases({}),
       "f32 [4] for 'w_scale'"},
      {"ScaleWrongType", Model(2).variable("w", {4, 2}, kI8, 8).variable("w_scale", {4}, kI8, 4).aliases({}),
       "f32 [4] for 'w_scale'"},
      {"ScaleScalar", Model(2).variable("w", {4, 2}, kI8, 8).variable("w_scale", {}, kF32, 4).aliases({}),
       "f32 [4] for 'w_scale'"},
  };
}

std::vector<Case> alias_cases() {
  return {
      {"AliasCountMissing", Model(1).variable("a", {1}, kF32, 4), "alias count"},
      {"AliasCountHuge", Model(1).variable("a", {1}, kF32, 4).u32(0xffffffff), "aliases within the file"},
      {"AliasCut", Model(1).variable("a", {1}, kF32, 4).u32(1).text("abcdefgh"), "aliased name"},
      {"AliasOfNothing", Model(1).variable("a", {1}, kF32, 4).aliases({{"b", "nothing"}}),
       "no variable 'nothing'"},
      {"AliasOfAlias", Model(1).variable("a", {1}, kF32, 4).aliases({{"b", "a"}, {"c", "b"}}),
       "no variable 'b'"},
      {"AliasOfItself", Model(0).aliases({{"bbb", "bbb"}}), "no variable 'bbb'"},
      {"AliasHidesVariable", Model(1).variable("aaa", {1}, kF32, 4).aliases({{"aaa", "aaa"}}), "'aaa' twice"},
      {"AliasTwice", Model(1).variable("a", {1}, kF32, 4).aliases({{"b", "a"}, {"b", "a"}}), "'b' twice"},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> cases = header_cases();
  for (const auto& more : {variable_cases(), alias_cases()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

class CTranslate2Hostile : public testing::TestWithParam<Case> {};

TEST_P(CTranslate2Hostile, IsAModelError) {
  EXPECT_THAT(model_error_of(parse_ctranslate2, GetParam().bytes), testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, CTranslate2Hostile, testing::ValuesIn(all_cases()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(CTranslate2Builder, HonestFileIsAccepted) {
  EXPECT_EQ(model_error_of(parse_ctranslate2, std::string(Model(3)
                                                              .variable("w", {4, 2}, kI8, 8)
                                                              .variable("w_scale", {4}, kF32, 16)
                                                              .variable("heads", {}, kI16, 2)
                                                              .aliases({{"x", "w"}}))),
            "");
}

TEST(CTranslate2Cut, EveryPrefixIsRefused) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/fuzz/corpus/ctranslate2/whisper_int8.bin", std::ios::binary);
  std::string whole((std::istreambuf_iterator<char>(file)), {});
  ASSERT_GT(whole.size(), 3000u);
  EXPECT_EQ(model_error_of(parse_ctranslate2, whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    ASSERT_NE(model_error_of(parse_ctranslate2, whole.substr(0, size)), "") << size;
  }
}

}  // namespace
}  // namespace auris::weights
