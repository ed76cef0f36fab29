#include "auris/weights/safetensors_writer.h"

#include <cstring>

#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

const std::string kReferenceFile = AURIS_SOURCE_DIR "/tests/fuzz/corpus/safetensors/mixed.safetensors";

std::vector<NamedTensor> tensors_of(const Checkpoint& checkpoint) {
  std::vector<NamedTensor> tensors;
  for (const TensorInfo& info : checkpoint.tensors())
    tensors.push_back({info.name, checkpoint.tensor(info.name)});
  return tensors;
}

TEST(SafetensorsWriter, SameBytesAsTheReferenceWriter) {
  TestFolder folder;
  auto reference = open_checkpoint(kReferenceFile);
  std::vector<NamedTensor> tensors = tensors_of(*reference);
  std::swap(tensors.front(), tensors.back());  // the order given must not matter
  write_safetensors(folder / "out.safetensors", tensors, {{"made by", "the reference \"writer\""}});
  EXPECT_EQ(folder.read("out.safetensors"), TestFolder::content_of(kReferenceFile));
}

TEST(SafetensorsWriter, NothingButMetadata) {
  TestFolder folder;
  write_safetensors(folder / "out.safetensors", {}, {{"step", "12"}, {"ä", "ö"}});
  auto checkpoint = open_checkpoint(folder / "out.safetensors");
  EXPECT_TRUE(checkpoint->tensors().empty());
  EXPECT_EQ(checkpoint->metadata(), nlohmann::json::parse(R"({"__metadata__": {"step": "12", "ä": "ö"}})"));
}

TEST(SafetensorsWriter, ReplacesAWholeFile) {
  TestFolder folder;
  folder.write("out.safetensors", "old");
  const float values[] = {1, 2};
  NamedTensor tensor{"x", Tensor::from(values, {2})};
  write_safetensors(folder / "out.safetensors", {&tensor, 1});
  EXPECT_EQ(open_checkpoint(folder / "out.safetensors")->tensor("x").data<float>()[1], 2.0f);
}

void expect_usage_error(const std::vector<NamedTensor>& tensors,
                        const std::map<std::string, std::string>& metadata = {}) {
  TestFolder folder;
  try {
    write_safetensors(folder / "out.safetensors", tensors, metadata);
    ADD_FAILURE() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << error.what();
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SafetensorsWriter, RefusesWhatTheFormatCannotHold) {
  Tensor one = Tensor::zeros({1});
  expect_usage_error({{"q", Tensor::zeros({32}, DType::kQ8_0)}});
  expect_usage_error({{"empty", Tensor::zeros({0, 4})}});
  expect_usage_error({{"undefined", Tensor()}});
  expect_usage_error({{"", one}});
  expect_usage_error({{"a\xff", one}});
  expect_usage_error({{"__metadata__", one}});
  expect_usage_error({{"x", one}, {"x", one}});
  expect_usage_error({{"x", one}, {"x", Tensor::zeros({1}, DType::kI32)}});
  expect_usage_error({{"x", one}}, {{"key", "\xff"}});
}

}  // namespace
}  // namespace auris::weights
