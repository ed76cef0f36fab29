#include "auris/data/provenance/croissant.h"

#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"
#include "auris/base/test_folder.h"
#include "auris/data/build/build.h"
#include "auris/data/export/llaso.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string hash_of(const fs::path& path) {
  return sha256_hex(MappedFile::open(path, ErrorCode::kInput)->bytes());
}

void build(const TestFolder& folder) {
  write_manifest_of("pocketsphinx", folder / "clips.jsonl", [](Clip& clip) {
    clip.synthetic = clip.id.ends_with("0870");
    clip.consent = clip.synthetic ? Consent::kSynthetic : Consent::kLicence;
    if (clip.id.ends_with("0880")) clip.licence.clear();
    return true;
  });
  build_data(parse_recipe(R"(
manifests = ["clips.jsonl"]
[[items]]
task = "ASR"
splits = ["train", "dev", "test"]
configurations = ["audio_text", "text_audio"]
)",
                          "recipe.toml", folder.path(), DataKind::kEval),
             folder / "data", {.shards = {.shard_bytes = 300'000}});
}

TEST(Croissant, ListsTheClipsOfAllTurns) {
  TestFolder folder;
  ManifestWriter writer(folder / "clips.jsonl");
  int64_t turn = 0;
  ingest_source(
      source_named("pocketsphinx"), source_named("pocketsphinx").usual_path,
      [&](Clip clip) {
        clip.dialogue = "talk";
        clip.turn = turn;
        turn += 2;
        clip.labels["dialogue"] = "Go on.";
        writer.add(clip);
      },
      [](const Rejection&) {});
  writer.commit();
  build_data(parse_recipe("manifests = ['clips.jsonl']\n[[items]]\ntask = 'DLG'\nturns = 'last'\n"
                          "splits = ['train', 'dev', 'test']\n",
                          "recipe.toml", folder.path(), DataKind::kEval),
             folder / "data");
  const CroissantReport report = write_croissant(folder / "data");
  EXPECT_EQ(report.items, 1);
  EXPECT_EQ(report.clips, 5);
  EXPECT_EQ(report.without_hash, 0);
  EXPECT_EQ(report.without_licence, 0);
}

// tools/reference/check_croissant.py reads such a folder with the reference implementation.
TEST(Croissant, TellsWhereEveryClipComesFrom) {
  TestFolder folder;
  build(folder);
  const CroissantReport report = write_croissant(folder / "data", {.url = "https://example.org/x"});
  EXPECT_EQ(report.items, 10);
  EXPECT_EQ(report.clips, 5);
  EXPECT_EQ(report.synthetic, 1);
  EXPECT_EQ(report.without_licence, 1);
  EXPECT_EQ(report.without_hash, 0);
  EXPECT_EQ(report.unknown_consent, 0);
  std::map<std::string, Clip> clips;
  read_manifest(
      folder / "clips.jsonl", [&](Clip clip) { clips[clip.id] = clip; }, [](const Rejection&) {});
  std::istringstream lines(folder.read("data/clips.jsonl"));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json entry = json::parse(line);
    const Clip& clip = clips.at(entry["id"]);
    EXPECT_EQ(entry["licence"], clip.licence);
    EXPECT_EQ(entry["origin"], clip.origin);
    EXPECT_EQ(entry["consent"], name_of(clip.consent));
    EXPECT_EQ(entry["synthetic"], clip.synthetic);
    EXPECT_EQ(entry["sha256"], hash_of(clip.audio));
    EXPECT_EQ(entry["items"], 2);
  }
  EXPECT_EQ(count, 5);

  const json croissant = json::parse(folder.read("data/croissant.json"));
  EXPECT_EQ(croissant["name"], "data");
  EXPECT_EQ(croissant["@type"], "sc:Dataset");
  std::set<std::string> files;
  for (const json& file : croissant["distribution"]) {
    if (file["@type"] != "cr:FileObject") continue;
    files.insert(file["name"]);
    EXPECT_EQ(file["sha256"], hash_of(folder / "data" / file["name"].get<std::string>()));
  }
  EXPECT_GT(files.size(), 2u);  // several shards
  EXPECT_TRUE(files.contains("clips.jsonl"));
  const std::string before = folder.read("data/croissant.json");
  write_croissant(folder / "data", {.url = "https://example.org/x"});
  EXPECT_EQ(folder.read("data/croissant.json"), before);
  EXPECT_THROW(write_croissant(folder / "none"), Error);
}

TEST(Croissant, HasTheHashesOfTwoRecordings) {
  TestFolder folder;
  const fs::path sounds = "/usr/share/asterisk/sounds/en_US_f_Allison";
  Clip clip;
  clip.id = "trial";
  clip.audio = (sounds / "activated.g722").string();
  clip.duration_s = 0.5;
  clip.source = "voxceleb";
  clip.split = "test";
  clip.labels = {{"speaker_verification", "same"}};
  clip.second = SecondRecording{
      .audio = (sounds / "agent-pass.g722").string(), .duration_s = 2, .sha256 = {}, .speaker = {}};
  ManifestWriter writer(folder / "clips.jsonl");
  writer.add(clip);
  writer.commit();
  const Recipe recipe = parse_recipe(R"(
manifests = ["clips.jsonl"]
[[items]]
task = "ASV"
configurations = ["audio_text", "text_audio", "audio"]
[[items]]
task = "SSD"
[[items]]
task = "ASV"
max_duration_s = 2.4
)",
                                     "recipe.toml", folder.path(), DataKind::kEval);
  const BuildReport built = build_data(recipe, folder / "data");
  EXPECT_EQ(built.written, 3);
  EXPECT_EQ(built.rejected, (std::map<std::string, int64_t>{{"no_variant", 1}}));
  EXPECT_EQ(write_croissant(folder / "data").clips, 1);
  const json entry = json::parse(folder.read("data/clips.jsonl"));
  EXPECT_EQ(entry["sha256"], hash_of(clip.audio));
  EXPECT_EQ(entry["second_sha256"], hash_of(clip.second->audio));
  EXPECT_EQ(entry["items"], 3);
  const LlasoReport exported = export_llaso(folder / "data", folder / "llaso");
  EXPECT_EQ(exported.files,
            (std::map<std::string, int64_t>{{"audio_text/voxceleb_speaker_verification_test.json", 1},
                                            {"pure_audio/voxceleb_speaker_verification_test.json", 1},
                                            {"text_audio/voxceleb_speaker_verification_test.json", 1}}));
  const json exported_entry =
      json::parse(folder.read("llaso/text_audio/voxceleb_speaker_verification_test.json"))[0];
  EXPECT_EQ(exported_entry["metadata"]["second_sha256"], hash_of(clip.second->audio));
  EXPECT_EQ(exported_entry["voice"].size(), 1u);  // both in one recording
}

}  // namespace
}  // namespace auris::data
