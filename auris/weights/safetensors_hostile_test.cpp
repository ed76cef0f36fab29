// Hand-made safetensors files that lie. Each must end as kModel with a message that names the lie.

#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/weights/safetensors.h"
#include "auris/weights/test_bytes.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

std::string file_of(std::string_view header, size_t data_bytes) {
  return TestBytes().u64(header.size()).raw(header).zeros(data_bytes);
}

std::string entry(std::string_view name, std::string_view dtype, std::string_view shape,
                  std::string_view offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

std::string one(std::string_view dtype, std::string_view shape, std::string_view offsets, size_t data_bytes) {
  return file_of("{" + entry("t", dtype, shape, offsets) + "}", data_bytes);
}

std::string two(std::string_view first_offsets, std::string_view second_offsets, size_t data_bytes) {
  return file_of(
      "{" + entry("a", "F32", "[2]", first_offsets) + "," + entry("b", "F32", "[2]", second_offsets) + "}",
      data_bytes);
}

struct Case {
  std::string name;
  std::string bytes;
  std::string message;
};

std::vector<Case> header_cases() {
  return {
      {"Empty", "", "8 bytes of header size"},
      {"SizeCut", std::string(7, '\0'), "8 bytes of header size"},
      {"SizeHuge", TestBytes().u64(~uint64_t{0}).raw("{}"), "at most 100000000 bytes"},
      {"SizeOverTheCap", TestBytes().u64(100'000'001).raw("{}"), "at most 100000000 bytes"},
      {"SizeBeyondFile", TestBytes().u64(3).raw("{}"), "3 bytes of header"},
      {"SizeZero", TestBytes().u64(0).raw("{}"), "starts with {"},
      {"NoObject", file_of("[1, 2]", 0), "starts with {"},
      {"LeadingSpace", file_of(" {}", 0), "starts with {"},
      {"NotJson", file_of("{\"a\"", 0), "well-formed JSON"},
      {"TwoObjects", file_of("{}{}", 0), "well-formed JSON"},
      {"NotUtf8", file_of("{\"\xff\":{}}", 0), "well-formed JSON"},
      {"Deep", file_of("{\"t\":" + std::string(100000, '[') + "}", 0), "got an array"},
      {"DeepObjects", file_of("{\"t\":{\"dtype\":{\"a\":{}}}}", 0), "got an object"},
      {"BytesBehind", file_of("{}", 1), "1 bytes"},
      {"MetadataNotText", file_of(R"({"__metadata__":{"a":1}})", 0), "a number"},
      {"MetadataNested", file_of(R"({"__metadata__":{"a":{}}})", 0), "an object"},
      {"MetadataArray", file_of(R"({"__metadata__":[]})", 0), "an array"},
      {"MetadataTwice", file_of(R"({"__metadata__":{},"__metadata__":{}})", 0), "__metadata__ twice"},
      {"MetadataKeyTwice", file_of(R"({"__metadata__":{"k":"1","k":"2"}})", 0), "'k' twice"},
  };
}

std::vector<Case> entry_cases() {
  return {
      {"NameTwice",
       file_of("{" + entry("t", "F32", "[1]", "[0,4]") + "," + entry("t", "F32", "[1]", "[4,8]") + "}", 8),
       "'t' twice"},
      {"NameEmpty", file_of("{" + entry("", "F32", "[1]", "[0,4]") + "}", 4), "a name of 0 bytes"},
      {"NameWithNul", file_of("{" + entry("a\\u0000b", "F32", "[1]", "[0,4]") + "}", 4), "byte 0x00"},
      {"EntryIsNumber", file_of(R"({"t":5})", 0), "a number"},
      {"EntryIsNull", file_of(R"({"t":null})", 0), "null"},
      {"FieldMissing", file_of(R"({"t":{"dtype":"F32","shape":[1]}})", 4), "no full set"},
      {"FieldUnknown", file_of(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4),
       "the field 'x'"},
      {"FieldTwice", file_of(R"({"t":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}})", 4),
       "the field 'dtype' twice"},
      {"DtypeUnknown", one("F31", "[1]", "[0,4]", 4), "'F31'"},
      {"DtypeNumber", file_of(R"({"t":{"dtype":1,"shape":[1],"data_offsets":[0,4]}})", 4), "a number"},
      {"ShapeNegative", one("F32", "[-1]", "[0,4]", 4), "a negative number"},
      {"ShapeFraction", one("F32", "[1.5]", "[0,4]", 4), "not whole"},
      {"ShapeText", one("F32", "[\"1\"]", "[0,4]", 4), "a string"},
      {"ShapeNested", one("F32", "[[1]]", "[0,4]", 4), "an array"},
      {"ShapeHugeNumber", one("F32", "[99999999999999999999]", "[0,4]", 4), "not whole"},
      {"ShapeOverflows", one("F32", "[4294967296,4294967296]", "[0,0]", 0), "a sane shape"},
      {"ShapeBytesOverflow", one("F64", "[9223372036854775807]", "[0,8]", 8), "a sane shape"},
      {"ShapeManyExtents", one("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]", 4),
       "more than 16 extents"},
      {"HalfBytes", one("F4", "[3]", "[0,1]", 1), "a sane shape"},
      {"OffsetsOne", one("F32", "[1]", "[0]", 4), "fewer than two offsets"},
      {"OffsetsThree", one("F32", "[1]", "[0,4,8]", 4), "more than two offsets"},
      {"OffsetsNegative", one("F32", "[1]", "[-4,0]", 4), "a negative number"},
      {"OffsetsBackwards", one("F32", "[1]", "[4,0]", 4), "offsets 4 to 0"},
      {"OffsetsTooFew", one("F32", "[2]", "[0,4]", 4), "8 bytes for tensor 't'"},
      {"OffsetsTooMany", one("F32", "[1]", "[0,8]", 8), "4 bytes for tensor 't'"},
      {"OffsetsHuge", one("F32", "[1]", "[18446744073709551612,18446744073709551615]", 4),
       "4 bytes for tensor"},
      {"EmptyTensorWithBytes", one("F32", "[0]", "[0,4]", 4), "0 bytes for tensor"},
      {"BeyondFile", one("F32", "[4]", "[0,16]", 15), "up to offset 16 inside the file"},
      {"HoleAtStart", one("F32", "[1]", "[4,8]", 8), "at offset 0"},
      {"HoleBetween", two("[0,8]", "[12,20]", 20), "at offset 8"},
      {"HoleAtEnd", two("[0,8]", "[8,16]", 17), "17 bytes"},
      {"Overlap", two("[0,8]", "[4,12]", 12), "at offset 8"},
      {"SamePlace", two("[0,8]", "[0,8]", 8), "at offset 8"},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> cases = header_cases();
  std::vector<Case> more = entry_cases();
  cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

class SafetensorsHostile : public testing::TestWithParam<Case> {};

TEST_P(SafetensorsHostile, IsAModelError) {
  EXPECT_THAT(model_error_of(parse_safetensors, GetParam().bytes), testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, SafetensorsHostile, testing::ValuesIn(all_cases()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(SafetensorsBuilder, HonestFileIsAccepted) {
  EXPECT_EQ(model_error_of(parse_safetensors, two("[8,16]", "[0,8]", 16)), "");
  EXPECT_EQ(model_error_of(parse_safetensors, one("F32", "[]", "[0,4]", 4)), "");
}

TEST(SafetensorsCut, EveryPrefixIsRefused) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/fuzz/corpus/safetensors/mixed.safetensors", std::ios::binary);
  std::string whole((std::istreambuf_iterator<char>(file)), {});
  ASSERT_GT(whole.size(), 600u);
  EXPECT_EQ(model_error_of(parse_safetensors, whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    ASSERT_NE(model_error_of(parse_safetensors, whole.substr(0, size)), "") << size;
  }
}

}  // namespace
}  // namespace auris::weights
