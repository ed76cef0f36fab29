// What open_checkpoint makes of files and folders. The formats themselves have their own tests.

#include "auris/weights/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/weights/safetensors_writer.h"
#include "tests/source_folder.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kCorpus = fs::path(AURIS_SOURCE_DIR) / "tests/fuzz/corpus";

std::string model_error(const fs::path& path) {
  try {
    open_checkpoint(path);
  } catch (const Error& error) {
    return error.code() == ErrorCode::kModel ? error.what() : "another code";
  }
  return "";
}

void write_shard(const fs::path& path, const std::string& name, float value) {
  const float values[] = {value};
  NamedTensor tensor{name, Tensor::from(values, {1})};
  write_safetensors(path, {&tensor, 1}, {{"format", "pt"}});
}

TEST(OpenCheckpoint, ContentDecidesNotTheName) {
  TestFolder folder;
  fs::copy_file(kCorpus / "gguf/all_types.gguf", folder / "a.bin");
  fs::copy_file(kCorpus / "safetensors/mixed.safetensors", folder / "b.gguf");
  fs::copy_file(kCorpus / "ctranslate2/whisper_int8.bin", folder / "c");
  EXPECT_EQ(open_checkpoint(folder / "a.bin")->format(), Format::kGguf);
  EXPECT_EQ(open_checkpoint(folder / "b.gguf")->format(), Format::kSafetensors);
  EXPECT_EQ(open_checkpoint(folder / "c")->format(), Format::kCTranslate2);
}

TEST(OpenCheckpoint, FoldersHoldOneModel) {
  TestFolder folder;
  EXPECT_THAT(model_error(folder.path()), HasSubstr("none of them"));
  folder.write("pytorch_model.bin", "PK");
  EXPECT_THAT(model_error(folder.path()), HasSubstr("pickle"));
  fs::copy_file(kCorpus / "gguf/all_types.gguf", folder / "x.gguf");
  EXPECT_EQ(open_checkpoint(folder.path())->format(), Format::kGguf);
  fs::copy_file(kCorpus / "gguf/all_types.gguf", folder / "y.gguf");
  EXPECT_THAT(model_error(folder.path()), HasSubstr("pass the path of the file"));
  fs::copy_file(kCorpus / "ctranslate2/whisper_int8.bin", folder / "model.bin");
  EXPECT_EQ(open_checkpoint(folder.path())->format(), Format::kCTranslate2);
  fs::copy_file(kCorpus / "safetensors/mixed.safetensors", folder / "model.safetensors");
  EXPECT_EQ(open_checkpoint(folder.path())->format(), Format::kSafetensors);
}

TEST(OpenCheckpoint, ConfigBesideTheWeightsIsMetadata) {
  TestFolder folder;
  fs::copy_file(kCorpus / "ctranslate2/whisper_int8.bin", folder / "model.bin");
  folder.write("config.json", R"({"lang_ids": [1, 2], "spec": "a lie"})");
  auto checkpoint = open_checkpoint(folder.path());
  EXPECT_EQ(checkpoint->metadata().at("lang_ids"), nlohmann::json::parse("[1, 2]"));
  EXPECT_EQ(checkpoint->metadata().at("spec"), "WhisperSpec");
  folder.write("config.json", "[]");
  EXPECT_THAT(model_error(folder.path()), HasSubstr("[config.json] expected an object"));
  folder.write("config.json", "{");
  EXPECT_THAT(model_error(folder.path()), HasSubstr("well-formed JSON"));
}

TEST(OpenCheckpoint, ForeignFilesAreNamed) {
  TestFolder folder;
  EXPECT_THAT(model_error(folder.write("a", "")), HasSubstr("an empty file"));
  EXPECT_THAT(model_error(folder.write("b", "RIFF....WAVEfmt ")), HasSubstr("a recording"));
  EXPECT_THAT(model_error(folder.write("c", "PK\x03\x04 archive/data.pkl")), HasSubstr("hold code"));
  EXPECT_THAT(model_error(folder.write("d", "version https://git-lfs.github.com/spec/v1\n")),
              HasSubstr("Git LFS pointer"));
  EXPECT_THAT(model_error(folder.write("e", "<!DOCTYPE html>")), HasSubstr("a web page"));
  EXPECT_THAT(model_error(folder.write("f", "hello world")), HasSubstr("'hello wo'"));
  EXPECT_THAT(model_error(folder / "missing"), HasSubstr("No such file"));
}

class Sharded : public testing::Test {
 protected:
  void SetUp() override {
    write_shard(folder_ / "model-00001-of-00002.safetensors", "a", 1);
    write_shard(folder_ / "model-00002-of-00002.safetensors", "b", 2);
  }
  std::string error_with_index(std::string_view index) {
    folder_.write("model.safetensors.index.json", index);
    return model_error(folder_.path());
  }
  TestFolder folder_;
};

TEST_F(Sharded, TensorsOfAllShards) {
  folder_.write("config.json", R"({"model_type": "llama"})");
  EXPECT_EQ(error_with_index(R"({"metadata": {"total_size": 8}, "weight_map": {
    "b": "model-00002-of-00002.safetensors", "a": "model-00001-of-00002.safetensors"}})"),
            "");
  for (const fs::path& path : {folder_.path(), folder_ / "model.safetensors.index.json"}) {
    auto checkpoint = open_checkpoint(path);
    EXPECT_EQ(checkpoint->path(), folder_.path());
    ASSERT_EQ(checkpoint->tensors().size(), 2u);
    EXPECT_EQ(checkpoint->tensors()[0].name, "a");
    EXPECT_EQ(checkpoint->tensor("b").data<float>()[0], 2.0f);
    EXPECT_EQ(checkpoint->metadata(),
              nlohmann::json::parse(R"({"model_type": "llama", "__metadata__": {"format": "pt"}})"));
  }
}

TEST_F(Sharded, BadIndexes) {
  EXPECT_THAT(error_with_index("{}"), HasSubstr("weight_map"));
  EXPECT_THAT(error_with_index("[]"), HasSubstr("a GGUF, safetensors or CTranslate2 file"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {}})"), HasSubstr("weight_map"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"a": 1}})"), HasSubstr("a file name"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"a": "../secret"}})"), HasSubstr("plain file names"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"a": "/etc/passwd"}})"), HasSubstr("plain file names"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"a": ".."}})"), HasSubstr("plain file names"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"a": "missing.safetensors"}})"), HasSubstr("No such file"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"c": "model-00001-of-00002.safetensors"}})"),
              HasSubstr("tensor 'c'"));
  EXPECT_THAT(error_with_index(R"({"weight_map": {"a": "model.safetensors.index.json"}})"),
              HasSubstr("[safetensors]"));
}

TEST_F(Sharded, TheSameTensorInTwoShards) {
  write_shard(folder_ / "model-00002-of-00002.safetensors", "a", 2);
  EXPECT_THAT(error_with_index(R"({"weight_map": {
    "b": "model-00002-of-00002.safetensors", "a": "model-00001-of-00002.safetensors"}})"),
              HasSubstr("'a' twice"));
}

}  // namespace
}  // namespace auris::weights
