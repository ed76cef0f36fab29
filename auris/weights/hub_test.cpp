// The hub's protocol against a real server on this machine, and the hub cache on disk.

#include "auris/weights/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/sha256.h"
#include "auris/http/test_server.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using http::test_content;
using http::TestServer;
using http::TestVariable;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kCommit = "0123456789abcdef0123456789abcdef01234567";  // what the test server says

TEST(HubReference, Parts) {
  HubReference whole = HubReference::parse("hf:org/name");
  EXPECT_EQ(whole.repository, "org/name");
  EXPECT_EQ(whole.revision, "main");
  EXPECT_EQ(whole.file, "");
  HubReference file = HubReference::parse("hf:org/name@refs/pr/1:sub/model.gguf");
  EXPECT_EQ(file.revision, "refs/pr/1");
  EXPECT_EQ(file.file, "sub/model.gguf");
  EXPECT_EQ(HubReference::parse("hf:gpt2").repository, "gpt2");
}

TEST(HubReference, TricksAreRefused) {
  for (const char* text : {"hf:", "hf:/", "hf:../x", "hf:a/../b", "hf:a/b/c", "hf:a/b@", "hf:a/b@../x",
                           "hf:a/b:", "hf:a/b:/etc/passwd", "hf:a/b:../../x", "hf:a b/c", "hf:a/b?x=1",
                           "hf:a/b@r#f", "hf:a//b", "hf:a/b:x\\y"}) {
    EXPECT_THROW(HubReference::parse(text), Error) << text;
  }
}

TEST(NeededFiles, WeightsLast) {
  std::vector<std::string> files = {
      "model.safetensors", "README.md",       "config.json",          "tokenizer.json",
      "pytorch_model.bin", "onnx/model.onnx", "original/params.json", ".gitattributes",
      "../evil.json",      "merges.txt"};
  EXPECT_THAT(needed_files("r", files),
              ElementsAre("config.json", "merges.txt", "tokenizer.json", "model.safetensors"));
  files = {"model-00002-of-00002.safetensors", "model.safetensors.index.json", "config.json",
           "model-00001-of-00002.safetensors", "consolidated.safetensors"};
  EXPECT_THAT(needed_files("r", files),
              ElementsAre("config.json", "model-00001-of-00002.safetensors",
                          "model-00002-of-00002.safetensors", "model.safetensors.index.json"));
  files = {"model.bin", "config.json", "vocabulary.txt"};
  EXPECT_THAT(needed_files("r", files), ElementsAre("config.json", "vocabulary.txt", "model.bin"));
  files = {"README.md", "only.gguf"};
  EXPECT_THAT(needed_files("r", files), ElementsAre("only.gguf"));
}

TEST(NeededFiles, NothingOrTooMuch) {
  std::vector<std::string> files = {"a-q4.gguf", "a-q8.gguf"};
  try {
    needed_files("org/a", files);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint(), HasSubstr("hf:org/a:a-q4.gguf"));
  }
  files = {"pytorch_model.bin", "config.json"};
  EXPECT_THROW(needed_files("org/a", files), Error);
}

class HubTest : public testing::Test {
 protected:
  HubTest()
      : endpoint_("HF_ENDPOINT", server_.url() + "/"),
        hub_cache_("HF_HUB_CACHE", (folder_ / "hub").string()),
        token_("HF_TOKEN", ""),
        weights_(test_content(250'000)) {
    for (const char* organisation : {"org", "gated", "evil"}) {
      fs::path repository = fs::path(organisation) / "small";
      server_.files.write(repository / "config.json", R"({"model_type": "llama"})");
      server_.files.write(repository / "tokenizer.json", "{}");
      server_.files.write(repository / "model.safetensors", weights_);
    }
  }
  static fs::path pull(std::string_view name, bool offline = false) {
    return pull_hub(HubReference::parse(name), {.offline = offline, .progress = {}});
  }
  static std::string error_of(std::string_view name, bool offline = false) {
    try {
      pull(name, offline);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  size_t requests(const std::string& method, const std::string& prefix) {
    size_t count = 0;
    for (const auto& entry : server_.log()) {
      count += entry["method"] == method && entry["path"].get<std::string>().starts_with(prefix) ? 1u : 0u;
    }
    return count;
  }

  TestServer server_;
  TestFolder folder_;
  TestVariable endpoint_, hub_cache_, token_;
  std::string weights_;
};

TEST_F(HubTest, RepositoryInTheSharedCacheLayout) {
  EXPECT_TRUE(cached_hub_path(HubReference::parse("hf:org/small")).empty());
  fs::path snapshot = pull("hf:org/small");
  fs::path repository = folder_ / "hub/models--org--small";
  EXPECT_EQ(snapshot, repository / "snapshots" / kCommit);
  EXPECT_EQ(TestFolder::content_of(repository / "refs/main"), kCommit);
  EXPECT_EQ(TestFolder::content_of(snapshot / "config.json"), R"({"model_type": "llama"})");
  EXPECT_TRUE(TestFolder::content_of(snapshot / "model.safetensors") == weights_);
  std::string digest = sha256_hex(std::as_bytes(std::span(weights_)));
  EXPECT_EQ(fs::read_symlink(snapshot / "model.safetensors"), fs::path("../../blobs") / digest);
  // git's name of the blob: printf '{"model_type": "llama"}' | git hash-object --stdin
  EXPECT_EQ(fs::read_symlink(snapshot / "config.json"),
            "../../blobs/230d5f4da0da586aad26ead694ea67cd15bd6df1");
  EXPECT_EQ(requests("GET", "/store/"), 3u);  // the store breaks off after 100,000 bytes
}

TEST_F(HubTest, WhatIsThereIsNotFetchedAgain) {
  pull("hf:org/small");
  size_t before = requests("GET", "/org/") + requests("GET", "/store/");
  pull("hf:org/small");
  EXPECT_EQ(requests("GET", "/org/") + requests("GET", "/store/"), before);
  server_.quit();
  EXPECT_EQ(pull("hf:org/small", true), cached_hub_path(HubReference::parse("hf:org/small")));
}

TEST_F(HubTest, OfflineNeverAsks) {
  EXPECT_THAT(error_of("hf:org/small", true), HasSubstr("offline"));
  EXPECT_EQ(server_.log().size(), 0u);
}

TEST_F(HubTest, OneFile) {
  EXPECT_EQ(pull("hf:org/small:config.json").filename(), "config.json");
  EXPECT_EQ(requests("GET", "/api/"), 0u);
  EXPECT_FALSE(fs::exists(folder_ / "hub/models--org--small/snapshots" / kCommit / "tokenizer.json"));
}

TEST_F(HubTest, ExactRevisionNeedsNoRef) {
  std::string name = std::string("hf:org/small@") + kCommit;
  fs::path snapshot = pull(name);
  EXPECT_FALSE(fs::exists(folder_ / "hub/models--org--small/refs"));
  EXPECT_EQ(cached_hub_path(HubReference::parse(name)), snapshot);
}

TEST_F(HubTest, TokenOpensGatedModelsAndStaysWithTheHub) {
  EXPECT_THAT(error_of("hf:gated/small"), HasSubstr("HF_TOKEN"));
  TestVariable token("HF_TOKEN", "secret");
  EXPECT_TRUE(fs::exists(pull("hf:gated/small") / "model.safetensors"));
  for (const auto& entry : server_.log()) {
    if (entry["path"].get<std::string>().starts_with("/store/")) {
      EXPECT_EQ(entry["authorization"], "");
    }
  }
  EXPECT_GT(requests("GET", "/store/"), 0u);
}

TEST_F(HubTest, RenamedRepositoryIsFollowed) {
  EXPECT_TRUE(TestFolder::content_of(pull("hf:renamed/small:model.safetensors")) == weights_);
}

TEST_F(HubTest, MissingIsANetworkErrorWithAHint) {
  EXPECT_THAT(error_of("hf:org/missing"), HasSubstr("status 404"));
  EXPECT_THAT(error_of("hf:org/small:missing.gguf"), HasSubstr("status 404"));
  server_.quit();
  EXPECT_THAT(error_of("hf:org/small"), HasSubstr("a reply from"));
}

TEST_F(HubTest, HostileHeadersNameNoFiles) {
  EXPECT_THAT(error_of("hf:evil/small:config.json"), HasSubstr("usable X-Repo-Commit"));
  server_.files.write("evil/tag/config.json", "{}");
  EXPECT_THAT(error_of("hf:evil/tag:config.json"), HasSubstr("usable X-Repo-Commit"));
  EXPECT_FALSE(fs::exists(folder_ / "hub"));
}

TEST_F(HubTest, CacheFolderFollowsTheEnvironment) {
  TestVariable none("HF_HUB_CACHE", "");
  TestVariable home("HF_HOME", "/somewhere");
  EXPECT_EQ(hub_cache_folder(), "/somewhere/hub");
  TestVariable no_home("HF_HOME", "");
  TestVariable xdg("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(hub_cache_folder(), "/xdg/huggingface/hub");
}

}  // namespace
}  // namespace auris::weights
