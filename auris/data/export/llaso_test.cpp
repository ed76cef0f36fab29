#include "auris/data/export/llaso.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/build/build.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_reader.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Sentences read by a woman: recognition in all configurations.
void build(const TestFolder& folder,
           const std::string& configurations = R"("text_audio", "audio_text", "audio")") {
  write_manifest_of("pocketsphinx", folder / "clips.jsonl");
  const std::string recipe = R"(
manifests = ["clips.jsonl"]
[[items]]
task = "ASR"
splits = ["train", "dev", "test"]
configurations = [)" + configurations +
                             R"(]
[[items]]
task = "SGC"
splits = ["train", "dev", "test"]
)";
  build_data(parse_recipe(recipe, "recipe.toml", folder.path(), DataKind::kEval), folder / "data");
}

TEST(ExportLlaso, HasThePublishedLayout) {
  TestFolder folder;
  build(folder);
  const LlasoReport report = export_llaso(folder / "data", folder / "out");
  EXPECT_EQ(report.items, 20);
  std::map<std::string, int64_t> kinds;  // of files, all splits together
  for (const auto& [name, count] : report.files) kinds[name.substr(0, name.rfind('_'))] += count;
  EXPECT_EQ(kinds, (std::map<std::string, int64_t>{{"audio_text/pocketsphinx_ASR", 5},
                                                   {"pure_audio/pocketsphinx_ASR", 5},
                                                   {"text_audio/pocketsphinx_ASR", 5},
                                                   {"text_audio/pocketsphinx_gender", 5}}));
  const ShardReader data(folder / "data");
  std::map<std::string, Item> items;
  std::map<std::string, std::string> recordings;
  for (uint64_t i = 0; i < data.size(); ++i) {
    const Sample sample = data.read(i);
    const Item item = item_from(json::parse(content_of(sample, "json")), "item");
    items[item.id] = item;
    recordings[item.id] = content_of(sample, "wav");
  }
  for (const auto& [name, count] : report.files) {
    const json entries = json::parse(folder.read("out/" + name));
    ASSERT_EQ(entries.size(), static_cast<size_t>(count)) << name;
    for (const json& entry : entries) {
      const Item& item = items.at(entry["id"]);
      EXPECT_THAT(name, testing::EndsWith("_" + item.split + ".json"));
      ASSERT_EQ(entry["voice"].size(), 1u);
      EXPECT_EQ(folder.read(fs::path("out") / entry["voice"][0].get<std::string>()), recordings.at(item.id));
      ASSERT_EQ(entry["conversations"].size(), 2u);
      const json &human = entry["conversations"][0], &gpt = entry["conversations"][1];
      EXPECT_EQ(human["from"], "human");
      EXPECT_EQ(gpt["from"], "gpt");
      EXPECT_EQ(gpt["value"], item.answer);
      const std::string value = human["value"];
      EXPECT_EQ(value.find('\n'), std::string::npos) << value;
      const std::string wanted = name.starts_with("text_audio") ? item.instruction + "<audio>"
                                 : name.starts_with("audio_text")
                                     ? "<audio>" + item.prompt.substr(item.prompt.find('\n') + 1)
                                     : item.prompt.substr(0, item.prompt.find('\n')) + "<audio>";
      EXPECT_EQ(value, wanted);
      EXPECT_EQ(entry["metadata"]["sha256"], item.clip_sha256);
      EXPECT_EQ(item.clip_sha256.size(), 64u);
      EXPECT_EQ(entry["metadata"]["licence"], item.licence);
    }
  }
}

TEST(ExportLlaso, IsReadAgainAsThatLayout) {
  TestFolder folder;
  build(folder, R"("text_audio")");
  export_llaso(folder / "data", folder / "out");
  std::multiset<std::string> texts, genders, wanted;
  const ManifestCounts counts = ingest_source(
      source_named("llaso"), folder / "out",
      [&](const Clip& clip) {
        EXPECT_TRUE(fs::exists(clip.audio));
        if (!clip.text.empty()) texts.insert(clip.text);
        if (clip.labels.contains("speaker_gender")) genders.insert(clip.labels.at("speaker_gender"));
      },
      [](const Rejection& rejection) { ADD_FAILURE() << rejection.what << ": " << rejection.detail; });
  EXPECT_EQ(counts.clips, 10);
  read_manifest(
      folder / "clips.jsonl", [&](const Clip& clip) { wanted.insert(clip.text); }, [](const Rejection&) {});
  EXPECT_EQ(texts, wanted);
  EXPECT_EQ(genders.count("female"), 5u);
}

// Conversations of a data set as LLaSO's JSON has them, with the bytes of their recordings.
std::multiset<std::string> conversations_in(const fs::path& folder) {
  std::multiset<std::string> all;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    for (const json& entry : json::parse(TestFolder::content_of(file.path()))) {
      std::string text = entry["conversations"].dump();
      for (const json& voice : entry["voice"])
        text += TestFolder::content_of(folder / voice.get<std::string>());
      all.insert(text);
    }
  }
  return all;
}

// Clips of talks: each has three turns of the user; of the first talk the second turn is asked in writing.
void write_talks(const fs::path& path) {
  ManifestWriter writer(path);
  std::vector<Clip> sentences;
  ingest_source(
      source_named("pocketsphinx"), source_named("pocketsphinx").usual_path,
      [&](const Clip& clip) { sentences.push_back(clip); }, [](const Rejection&) {});
  for (size_t i = 0; i < 4; ++i) {
    Clip clip = sentences.at(i);
    clip.split = "train";
    clip.dialogue = i < 2 ? "talk/a" : "talk/b";
    clip.turn = i == 1 ? 4 : static_cast<int64_t>(2 * (i % 2));
    clip.labels["dialogue"] = "Reply number " + std::to_string(i) + ".";
    if (i == 0) clip.follow_ups = {{"Why?", "Because."}};
    writer.add(clip);
  }
  writer.commit();
}

TEST(ExportLlaso, ConversationsAreEqualWhenTheyAreReadAgain) {
  TestFolder folder;
  write_talks(folder / "clips.jsonl");
  const auto build_from = [&](const std::string& manifest, const std::string& name) {
    const std::string recipe = "manifests = ['" + manifest +
                               "']\n[[items]]\ntask = 'DLG'\nturns = 'last'\nconfigurations = "
                               "['text_audio', 'audio_text', 'audio']\n";
    return build_data(parse_recipe(recipe, "recipe.toml", folder.path(), DataKind::kInstruct), folder / name);
  };
  EXPECT_EQ(build_from("clips.jsonl", "data").written, 6);
  EXPECT_EQ(export_llaso(folder / "data", folder / "json").items, 6);
  const std::multiset<std::string> wanted = conversations_in(folder / "json");
  ASSERT_EQ(wanted.size(), 6u);
  for (const auto& [layout, from] :
       std::map<std::string, std::string>{{"llaso", "json"}, {"webdataset", "data"}}) {
    ManifestWriter writer(folder / (layout + ".jsonl"));
    ingest_source(
        source_named(layout), folder / from, [&](const Clip& clip) { writer.add(clip); },
        [](const Rejection& rejection) { ADD_FAILURE() << rejection.what << ": " << rejection.detail; });
    writer.commit();
    EXPECT_EQ(writer.clips(), 10) << layout;  // two for each, but one where the instruction alone is heard
    EXPECT_EQ(build_from(layout + ".jsonl", layout).written, 6) << layout;
    export_llaso(folder / layout, folder / (layout + "_json"));
    EXPECT_EQ(conversations_in(folder / (layout + "_json")), wanted) << layout;
  }
}

TEST(ExportLlaso, SaysWhatIsWrong) {
  TestFolder folder;
  EXPECT_THROW(export_llaso(folder / "none", folder / "out"), Error);
  build(folder);
  EXPECT_THROW(export_llaso(folder / "data", folder / "cut", [](int64_t done, int64_t) { return done < 3; }),
               Error);
  EXPECT_TRUE(fs::exists(folder / "cut" / "audio" / "000000001.wav"));
  for (const auto& entry : fs::recursive_directory_iterator(folder / "cut")) {
    EXPECT_NE(entry.path().extension(), ".json") << entry.path();
  }
  EXPECT_THROW(export_llaso(folder / "data", "/proc/none"), Error);
}

}  // namespace
}  // namespace auris::data
