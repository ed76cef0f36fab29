#include "auris/weights/gguf_writer.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

using ::testing::HasSubstr;

const std::string kReferenceFile = AURIS_SOURCE_DIR "/tests/fuzz/corpus/gguf/all_types.gguf";

std::span<const std::byte> bytes_of(const Tensor& tensor) {
  return {tensor.data<std::byte>(), tensor.bytes()};
}

// What tools/reference/make_fuzz_seeds_weights.py gives the writer of the `gguf` package.
GgufMetadata every_type() {
  GgufMetadata metadata;
  metadata.add("general.architecture", "llama");
  metadata.add("test.u8", uint8_t{200});
  metadata.add("test.i8", int8_t{-100});
  metadata.add("test.u16", uint16_t{60000});
  metadata.add("test.i16", int16_t{-30000});
  metadata.add("test.u32", uint32_t{4000000000});
  metadata.add("test.i32", int32_t{-2000000000});
  metadata.add("test.u64", (uint64_t{1} << 63) + 1);
  metadata.add("test.i64", -(int64_t{1} << 62));
  metadata.add("test.f32", 0.5f);
  metadata.add("test.f64", 0.1);
  metadata.add("test.bool", true);
  metadata.add("test.string", "Grüße");
  metadata.add("test.strings", std::vector<std::string>{"a", "", "Ġthe"});
  metadata.add("test.ints", std::vector<int32_t>{1, -2, 3});
  metadata.add("test.floats", std::vector<float>{0.25f, -1.5f});
  metadata.add("test.bools", std::vector<bool>{true, false});
  return metadata;
}

TEST(GgufWriter, SameBytesAsTheReferenceWriter) {
  TestFolder folder;
  auto reference = open_checkpoint(kReferenceFile);
  GgufWriter writer(folder / "out.gguf", every_type(), reference->tensors());
  for (const TensorInfo& info : reference->tensors()) {
    const Tensor tensor = reference->tensor(info.name);
    writer.write(bytes_of(tensor).first(2));  // in pieces
    writer.write(bytes_of(tensor).subspan(2));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "out.gguf"));
  writer.commit();
  EXPECT_EQ(folder.read("out.gguf"), TestFolder::content_of(kReferenceFile));
  EXPECT_EQ(writer.bytes(), std::filesystem::file_size(folder / "out.gguf"));
}

TEST(GgufWriter, ArraysOfArrays) {
  TestFolder folder;
  GgufMetadata metadata;
  metadata.add("deep", std::vector<std::vector<std::vector<uint8_t>>>{{{1, 2}, {}}, {{3}}});
  metadata.add("words", std::vector<std::vector<std::string>>{{"a"}, {"b", "c"}});
  metadata.add("none", std::vector<float>{});
  GgufWriter(folder / "out.gguf", metadata, {}).commit();
  EXPECT_EQ(
      open_checkpoint(folder / "out.gguf")->metadata(),
      nlohmann::json::parse(R"({"deep": [[[1, 2], []], [[3]]], "words": [["a"], ["b", "c"]], "none": []})"));
}

TEST(GgufWriter, WhatIsNotFinishedLeavesNothing) {
  TestFolder folder;
  folder.write("out.gguf", "old");
  {
    GgufWriter writer(folder / "out.gguf", {}, {{"x", DType::kF32, {4}}});
    writer.write(std::vector<std::byte>(12));
    EXPECT_THROW(writer.write(std::vector<std::byte>(5)), Error);  // beyond the tensor
    EXPECT_THROW(writer.commit(), Error);
  }
  EXPECT_EQ(folder.read("out.gguf"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

void expect_usage_error(const std::function<void()>& action, const std::string& message) {
  try {
    action();
    ADD_FAILURE() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

TEST(GgufWriter, RefusesWhatTheFormatCannotHold) {
  TestFolder folder;
  const auto write = [&](const GgufMetadata& metadata, const std::vector<TensorInfo>& tensors) {
    GgufWriter writer(folder / "out.gguf", metadata, tensors);
  };
  GgufMetadata metadata;
  metadata.add("a", 1);
  expect_usage_error([&] { metadata.add("a", 2); }, "'a' twice");
  expect_usage_error([&] { metadata.add("line\nend", 2); }, "0x0a");
  expect_usage_error([&] { write({}, {{"x", DType::kQ8_0, {2, 48}}}); }, "rows of 48 elements for type q8_0");
  expect_usage_error([&] { write({}, {{"x", DType::kF32, {2, 0}}}); }, "no elements");
  expect_usage_error([&] { write({}, {{"x", DType::kF32, {1}}, {"x", DType::kF32, {1}}}); }, "'x' twice");
  expect_usage_error([&] { write({}, {{"", DType::kF32, {1}}}); }, "a name of 0 bytes");
  GgufMetadata aligned;
  aligned.add("general.alignment", uint32_t{64});
  expect_usage_error([&] { write(aligned, {}); }, "general.alignment");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace auris::weights
