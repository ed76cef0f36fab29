// Hand-made GGUF files that lie. Each must end as kModel with a message that names the lie.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/weights/gguf.h"
#include "auris/weights/test_bytes.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

constexpr uint64_t kHuge = ~uint64_t{0};
constexpr uint32_t kU8 = 0, kI32 = 5, kU32 = 4, kF32 = 6, kBool = 7, kString = 8, kArray = 9,
                   kU64 = 10;  // value types
constexpr uint32_t kTensorF32 = 0, kTensorQ4_0 = 2, kTensorQ8_0 = 8, kTensorQ6_K = 14;

class Gguf : public ByteBuilder<Gguf> {
 public:
  Gguf(uint64_t tensors, uint64_t pairs, uint32_t version = 3) {
    raw("GGUF").u32(version).u64(tensors).u64(pairs);
  }
  Gguf& text(std::string_view value) {
    u64(value.size()).raw(value);
    return *this;
  }
  Gguf& key(std::string_view name, uint32_t type) {
    text(name).u32(type);
    return *this;
  }
  Gguf& tensor(std::string_view name, std::vector<uint64_t> extents, uint32_t type, uint64_t offset) {
    text(name).u32(static_cast<uint32_t>(extents.size()));
    for (uint64_t extent : extents) u64(extent);
    u32(type).u64(offset);
    return *this;
  }
  Gguf& data(size_t bytes, size_t alignment = 32) {
    pad_to(alignment).zeros(bytes);
    return *this;
  }
};

struct Case {
  std::string name;
  std::string bytes;
  std::string message;
};

std::string nested_arrays(int depth) {
  Gguf file(0, 1);
  file.key("deep", kArray);
  for (int i = 0; i < depth; ++i) file.u32(kArray).u64(1);
  return file.u32(kU8).u64(1).u8(0);
}

std::vector<Case> header_cases() {
  return {
      {"Empty", "", "4 bytes of magic"},
      {"MagicCut", "GGU", "4 bytes of magic"},
      {"MagicWrong", "GGML" + std::string(20, '\0'), "magic bytes GGUF"},
      {"VersionCut", "GGUF\x03", "4 bytes of version"},
      {"VersionOne", Gguf(0, 0, 1), "version 1"},
      {"VersionFuture", Gguf(0, 0, 4), "version 4"},
      {"BigEndian", Gguf(0, 0, 0x03000000), "a big-endian file"},
      {"CountsCut", TestBytes().raw("GGUF").u32(3).u64(0), "metadata count"},
      {"TensorCountHuge", Gguf(kHuge, 0), "tensors within the file"},
      {"TensorCountOverflows", Gguf(kHuge / 25 + 1, 0), "tensors within the file"},
      {"TensorCountBeyondFile", Gguf(1, 0), "1 tensors within the file"},
      {"PairCountHuge", Gguf(0, kHuge), "metadata pairs within the file"},
      {"PairCountBeyondFile", Gguf(0, 2).key("a", kU8).u8(1), "2 metadata pairs within the file"},
  };
}

std::vector<Case> metadata_cases() {
  std::string too_many = Gguf(0, 1).key("a", kArray).u32(kU8).u64((1u << 22) + 1).zeros((1u << 22) + 1);
  return {
      {"KeyEmpty", Gguf(0, 1).key("", kU32).u32(1).zeros(8), "a name of 0 bytes"},
      {"KeyLengthHuge", Gguf(0, 1).u64(kHuge).zeros(40), "bytes of metadata key"},
      {"KeyLengthWraps", Gguf(0, 1).u64(kHuge - 31).zeros(40), "bytes of metadata key"},
      {"KeyTooLong", Gguf(0, 1).key(std::string(70000, 'k'), kU8).u8(1), "metadata keys up to 65535 bytes"},
      {"KeyNotUtf8", Gguf(0, 1).key("ab\xff", kU8).u8(1), "byte 0xff at position 2"},
      {"KeyOverlongUtf8", Gguf(0, 1).key("\xc0\x80z", kU8).u8(1), "byte 0xc0 at position 0"},
      {"KeyWithNewline", Gguf(0, 1).key("a\nb", kU8).u8(1), "byte 0x0a"},
      {"KeyTwice",
       Gguf(0, 2).key("abc", kU8).u8(1).raw(std::string(Gguf(0, 0).key("abc", kU8).u8(1)).substr(24)),
       "'abc' twice"},
      {"ValueTypeUnknown", Gguf(0, 1).key("abc", 13).u64(0), "type number 13"},
      {"ValueCut", Gguf(0, 1).key("abcdef", kU64).u32(0), "8 bytes of value"},
      {"BoolOfTwo", Gguf(0, 1).key("abcdef", kBool).u8(2), "a boolean of 0 or 1"},
      {"StringHuge", Gguf(0, 1).key("abc", kString).u64(kHuge).raw("x"), "bytes of string"},
      {"StringOneTooLong", Gguf(0, 1).key("abc", kString).u64(4).raw("xyz"), "4 bytes of string"},
      {"ArrayTypeUnknown", Gguf(0, 1).key("abc", kArray).u32(99).u64(0), "type number 99"},
      {"ArrayHuge", Gguf(0, 1).key("abc", kArray).u32(kU64).u64(kHuge).u64(0),
       "array elements within the file"},
      {"ArrayCountOverflows", Gguf(0, 1).key("abc", kArray).u32(kU64).u64(kHuge / 8 + 1).u64(0),
       "array elements within"},
      {"ArrayOneTooMany", Gguf(0, 1).key("abc", kArray).u32(kU32).u64(3).u64(0),
       "3 array elements within the file"},
      {"ArrayOfStringsHuge", Gguf(0, 1).key("abc", kArray).u32(kString).u64(1u << 30).zeros(64),
       "array elements within"},
      {"ArrayStringCut", Gguf(0, 1).key("abc", kArray).u32(kString).u64(2).u64(1).raw("a").u64(9),
       "9 bytes of string"},
      {"ArrayElementsBound", too_many, "elements in all metadata arrays"},
      {"ArraysDeep", nested_arrays(5), "nested at most 4 deep"},
      {"ArraysVeryDeep", nested_arrays(50000), "nested at most 4 deep"},
      {"SplitModel", Gguf(0, 1).key("split.count", 2).u16(3), "merge the parts"},
  };
}

std::string aligned(uint32_t type, uint32_t value) {
  return Gguf(0, 1).key("general.alignment", type).u32(value);
}

std::vector<Case> alignment_cases() {
  return {
      {"AlignmentZero", aligned(kU32, 0), "general.alignment"},
      {"AlignmentOdd", aligned(kU32, 33), "general.alignment"},
      {"AlignmentSmall", aligned(kU32, 4), "general.alignment"},
      {"AlignmentHuge", aligned(kU32, 1u << 31), "general.alignment"},
      {"AlignmentFloat", aligned(kF32, 0x42000000), "general.alignment"},
      {"AlignmentNegative", aligned(kI32, 0xffffffe0), "general.alignment"},
      {"AlignmentString", Gguf(0, 1).key("general.alignment", kString).text("32"), "general.alignment"},
      {"OffsetNotAligned", Gguf(1, 0).tensor("t", {4}, kTensorF32, 8).data(64), "a multiple of 32 bytes"},
      {"OffsetNotAlignedAsAsked",
       Gguf(1, 1)
           .key("general.alignment", kU32)
           .u32(64)
           .raw(std::string(Gguf(0, 0).tensor("t", {4}, kTensorF32, 32).data(256)).substr(24)),
       "a multiple of 64 bytes"},
  };
}

std::vector<Case> tensor_cases() {
  constexpr uint64_t kHalf = uint64_t{1} << 32;
  return {
      {"NameEmpty", Gguf(1, 0).tensor("", {4}, kTensorF32, 0).data(64), "a name of 0 bytes"},
      {"NameTooLong", Gguf(1, 0).tensor(std::string(2000, 'n'), {4}, kTensorF32, 0).data(16),
       "a name of 2000 bytes"},
      {"NameWithEscape", Gguf(1, 0).tensor("a\x1b[2J", {4}, kTensorF32, 0).data(16), "byte 0x1b"},
      {"NameTwice", Gguf(2, 0).tensor("t", {4}, kTensorF32, 0).tensor("t", {4}, kTensorF32, 32).data(64),
       "'t' twice"},
      {"RankFive", Gguf(1, 0).tensor("t", {1, 1, 1, 1, 1}, kTensorF32, 0).data(64), "at most 4 dimensions"},
      {"RankHuge", Gguf(1, 0).text("t").u32(0xffffffff).zeros(64), "at most 4 dimensions"},
      {"TypeUnknown", Gguf(1, 0).tensor("t", {4}, 4, 0).data(64), "type number 4"},
      {"TypeHuge", Gguf(1, 0).tensor("t", {4}, 0xffffffff, 0).data(64), "type number 4294967295"},
      {"ExtentZero", Gguf(1, 0).tensor("t", {4, 0}, kTensorF32, 0).data(64), "extents above zero"},
      {"ExtentHuge", Gguf(1, 0).tensor("t", {kHuge}, kTensorF32, 0).data(64), "a sane shape"},
      {"ExtentNegative", Gguf(1, 0).tensor("t", {uint64_t{1} << 63}, kTensorF32, 0).data(64), "a sane shape"},
      {"ProductWrapsToZero", Gguf(1, 0).tensor("t", {kHalf, kHalf}, kTensorF32, 0).data(64), "a sane shape"},
      {"ProductWrapsToSmall", Gguf(1, 0).tensor("t", {kHalf + 1, kHalf - 1, 2, 2}, kTensorF32, 0).data(64),
       "a sane shape"},
      {"BytesWrap", Gguf(1, 0).tensor("t", {uint64_t{1} << 62}, kTensorF32, 0).data(64), "a sane shape"},
      {"BlocksWrap", Gguf(1, 0).tensor("t", {uint64_t{1} << 62}, kTensorQ8_0, 0).data(64), "bytes of tensor"},
      {"RowNotInBlocks", Gguf(1, 0).tensor("t", {31}, kTensorQ4_0, 0).data(64), "blocks of 32"},
      {"RowNotInBlocksThoughTensorIs", Gguf(1, 0).tensor("t", {16, 2}, kTensorQ4_0, 0).data(64),
       "blocks of 32"},
      {"RowNotInSuperBlocks", Gguf(1, 0).tensor("t", {128, 2}, kTensorQ6_K, 0).data(512), "blocks of 256"},
      {"DataMissing", Gguf(1, 0).tensor("t", {4}, kTensorF32, 0), "inside the file"},
      {"DataOneByteShort", Gguf(1, 0).tensor("t", {4}, kTensorF32, 0).data(15),
       "16 bytes of tensor 't' inside the file"},
      {"ShapeLargerThanData", Gguf(1, 0).tensor("t", {1 << 20, 1 << 10}, kTensorF32, 0).data(64),
       "inside the file"},
      {"OffsetBeyondFile", Gguf(1, 0).tensor("t", {4}, kTensorF32, 1 << 20).data(64), "inside the file"},
      {"OffsetWraps", Gguf(1, 0).tensor("t", {4}, kTensorF32, kHuge - 31).data(64), "inside the file"},
      {"Overlap", Gguf(2, 0).tensor("a", {16}, kTensorF32, 0).tensor("b", {4}, kTensorF32, 32).data(64),
       "do not overlap"},
      {"SamePlace", Gguf(2, 0).tensor("a", {4}, kTensorF32, 0).tensor("b", {4}, kTensorF32, 0).data(64),
       "do not overlap"},
      {"InfoCut", TestBytes().raw("GGUF").u32(3).u64(1).u64(0).u64(1).raw("t").u32(1).u64(4).u32(0),
       "tensor offset"},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> cases = header_cases();
  for (const auto& more : {metadata_cases(), alignment_cases(), tensor_cases()}) {
    cases.insert(cases.end(), more.begin(), more.end());
  }
  return cases;
}

class GgufHostile : public testing::TestWithParam<Case> {};

TEST_P(GgufHostile, IsAModelError) {
  EXPECT_THAT(model_error_of(parse_gguf, GetParam().bytes), testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, GgufHostile, testing::ValuesIn(all_cases()),
                         [](const auto& parameter) { return parameter.param.name; });

// The builder above makes files that are accepted when nothing lies.
TEST(GgufBuilder, HonestFileIsAccepted) {
  EXPECT_EQ(model_error_of(parse_gguf, std::string(Gguf(2, 0)
                                                       .tensor("b", {4}, kTensorF32, 32)
                                                       .tensor("a", {64, 2}, kTensorQ4_0, 64)
                                                       .data(64 + 72))),
            "");
  EXPECT_EQ(model_error_of(parse_gguf, aligned(kU32, 64)), "");
  EXPECT_EQ(model_error_of(parse_gguf, nested_arrays(3)), "");
}

// A file cut anywhere is refused: no prefix is taken for whole.
TEST(GgufCut, EveryPrefixIsRefused) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/fuzz/corpus/gguf/all_types.gguf", std::ios::binary);
  std::string whole((std::istreambuf_iterator<char>(file)), {});
  ASSERT_GT(whole.size(), 8000u);
  EXPECT_EQ(model_error_of(parse_gguf, whole), "");
  constexpr size_t kPadding = 28;  // behind the last tensor, 420 bytes of q6_k, up to a multiple of 32
  for (size_t size = 0; size + kPadding < whole.size(); ++size) {
    ASSERT_NE(model_error_of(parse_gguf, whole.substr(0, size)), "") << size;
  }
}

}  // namespace
}  // namespace auris::weights
