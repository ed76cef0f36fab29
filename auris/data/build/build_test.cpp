#include "auris/data/build/build.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/audio_source.h"
#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/build/selection.h"
#include "auris/data/shards/shard_merge.h"
#include "auris/data/shards/shard_reader.h"
#include "auris/data/sources/testing/ingested.h"
#include "auris/data/synthesis/voice.h"
#include "auris/data/tasks/wordings.h"
#include "tests/source_folder.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kRecipe = R"(
seed = 3
manifests = ["prompts.jsonl"]

[[items]]
task = "speaker_gender"
configurations = ["text_audio", "audio_text", "audio"]
splits = ["train", "dev", "test"]
count = 8

[[items]]
task = "ASR"
languages = ["fr"]
splits = ["train"]
max_duration_s = 2.5
)";

// 60 short prompts of each language, one of them without its recording.
void write_prompts(const fs::path& path) {
  std::map<std::string, int> counts;
  write_manifest_of("asterisk", path, [&](Clip& clip) {
    if (clip.duration_s > 3 || ++counts[clip.language] > 60) return false;
    if (counts[clip.language] == 7) clip.audio = "/nowhere.g722";
    return true;
  });
}

Recipe recipe_in(const TestFolder& folder, const std::string& text = kRecipe) {
  return parse_recipe(text, "recipe.toml", folder.path(), DataKind::kEval);
}

std::string all_bytes(const fs::path& folder) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path());
  std::string all;
  for (const fs::path& file : files) all += file.filename().string() + TestFolder::content_of(file);
  return all;
}

std::vector<Item> items_in(const fs::path& folder) {
  const ShardReader reader(folder);
  std::vector<Item> items;
  for (uint64_t i = 0; i < reader.size(); ++i) {
    const Sample sample = reader.read(i);
    EXPECT_EQ(sample.files.size(), 2u);
    items.push_back(item_from(json::parse(sample.files[0].content), "item"));
    const audio::AudioClip sound =
        audio::decode_audio(audio::AudioSource::memory(std::as_bytes(std::span(sample.files[1].content))));
    EXPECT_NEAR(sound.duration_s(), items.back().duration_s, 1e-5);
    EXPECT_FLOAT_EQ(sample.facts.duration_s, static_cast<float>(items.back().duration_s));
  }
  return items;
}

TEST(Build, EveryRecipeOfTheProjectIsOne) {
  const fs::path recipes = fs::path(AURIS_SOURCE_DIR) / "recipes";
  int64_t learnt = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(recipes / "nano/data")) {
    EXPECT_NO_THROW(read_recipe(file.path(), DataKind::kInstruct)) << file.path();
    ++learnt;
  }
  EXPECT_GE(learnt, 5);
  for (const char* measured :
       {"eval_demo/eval.toml", "nano/eval.toml", "nano/smoke_data.toml", "../bench/train/data.toml"})
    EXPECT_NO_THROW(read_recipe(recipes / measured, DataKind::kEval)) << measured;
}

TEST(Build, MakesWhatTheRecipeSays) {
  TestFolder folder;
  write_prompts(folder / "prompts.jsonl");
  const BuildReport report = build_data(recipe_in(folder), folder / "out");
  EXPECT_EQ(report.clips, 300);
  const std::vector<Item> items = items_in(folder / "out");
  EXPECT_EQ(std::ssize(items), report.written);
  const int64_t unreadable = report.rejected.contains("unreadable") ? report.rejected.at("unreadable") : 0;
  EXPECT_EQ(report.planned, report.written + unreadable);
  std::map<std::pair<Configuration, std::string>, int> genders;
  std::set<std::string> ids;
  int spoken = 0;
  for (const Item& item : items) {
    EXPECT_TRUE(ids.insert(item.id).second);
    if (item.task == "speaker_gender") {
      ++genders[{item.configuration, item.answer}];
    } else {
      ++spoken;
      EXPECT_EQ(item.language, "fr");
      EXPECT_EQ(item.answer, item.transcript);
      EXPECT_LE(item.duration_s, 2.5);
    }
  }
  EXPECT_EQ(genders.size(), 6u);
  int all = 0;
  for (const auto& [key, count] : genders) {
    EXPECT_NEAR(count, 4, 1) << key.second;  // half of each, but for one that could not be read
    all += count;
  }
  EXPECT_LE(all, 24);
  EXPECT_GT(spoken, 10);
}

TEST(Build, TheSameRecipeGivesTheSameBytesHoweverOftenItWasInterrupted) {
  TestFolder folder;
  write_prompts(folder / "prompts.jsonl");
  BuildOptions options{.shards = {.shard_bytes = 200'000}};
  build_data(recipe_in(folder), folder / "whole", options);
  for (int64_t stop : {1, 60, 120, 240}) {
    options.progress = [&](int64_t done, int64_t) { return done < stop; };
    try {
      build_data(recipe_in(folder), folder / "cut", options);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCancelled);
    }
  }
  options.progress = {};
  EXPECT_GT(build_data(recipe_in(folder), folder / "cut", options).resumed, 5);
  EXPECT_EQ(all_bytes(folder / "cut"), all_bytes(folder / "whole"));
  EXPECT_THROW(build_data(recipe_in(folder), folder / "cut", options), Error);
}

TEST(Build, PartsMakeTheWhole) {
  TestFolder folder;
  write_prompts(folder / "prompts.jsonl");
  build_data(recipe_in(folder), folder / "whole");
  std::vector<fs::path> parts;
  for (int64_t i = 0; i < 3; ++i) {
    parts.push_back(folder / ("part" + std::to_string(i)));
    build_data(recipe_in(folder), parts.back(), {.share = {.index = i, .count = 3}});
  }
  merge_shards(parts, folder / "merged");
  const auto sorted = [](std::vector<Item> items) {
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.id < b.id; });
    return items;
  };
  EXPECT_EQ(sorted(items_in(folder / "merged")), sorted(items_in(folder / "whole")));
  EXPECT_THROW(build_data(recipe_in(folder), folder / "x", {.share = {.index = 3, .count = 3}}), Error);
}

TEST(Build, EveryRejectionIsWrittenDown) {
  TestFolder folder;
  write_prompts(folder / "prompts.jsonl");
  std::ofstream(folder / "prompts.jsonl", std::ios::app) << "nonsense\n";
  const BuildReport report = build_data(recipe_in(folder, std::string(kRecipe) + R"(
[[items]]
task = "emotion_recognition"
splits = ["test"]
)"),
                                        folder / "out");
  EXPECT_EQ(report.rejected_lines, 1);
  EXPECT_GT(report.rejected.at("no_variant"), 3);
  int64_t total = report.rejected_lines, lines = 0;
  for (const auto& [reason, count] : report.rejected) total += count;
  std::istringstream file(folder.read("out/rejected.jsonl"));
  for (std::string line; std::getline(file, line); ++lines) EXPECT_TRUE(json::parse(line).contains("reason"));
  EXPECT_EQ(lines, total);
  EXPECT_FALSE(fs::exists(folder / "out" / "unreadable.part"));
}

// Answers to the first prompts in `manifest`, as `auris data respond` leaves them.
void write_responses(const fs::path& manifest, const fs::path& folder, const std::string& prompt, int count) {
  fs::create_directories(folder);
  std::ofstream lines(folder / "responses.jsonl", std::ios::binary);
  lines << json{{"settings", {{"prompt", prompt}, {"model", "teacher"}}}}.dump() << "\n";
  LogitsWriter logits(folder / "logits.bin", 10, {});
  read_manifest(
      manifest,
      [&](const Clip& clip) {
        if (count-- <= 0) return;
        AnswerLogits answer;
        answer.top = 2;
        answer.add(static_cast<int32_t>(logits.rows() % 10),
                   std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        Response response{.clip = clip.id,
                          .text = clip.text,
                          .answer = "An answer to " + clip.id,
                          .finish = "end_of_turn",
                          .bytes = logits.add(answer)};
        lines << to_json(response).dump() << "\n";
      },
      [](const Rejection&) {});
  logits.finish();
}

TEST(Build, TakesAnswersOfALanguageModel) {
  TestFolder folder;
  write_prompts(folder / "prompts.jsonl");
  write_responses(folder / "prompts.jsonl", folder / "answers", "{text}", 20);
  write_responses(folder / "prompts.jsonl", folder / "continued", "Continue:\n\n{text}", 30);
  const std::string head =
      "manifests = ['prompts.jsonl']\n[[items]]\ntask = 'dialogue'\nlanguages = ['en']\n"
      "splits = ['train', 'dev', 'test']\n";
  const auto built = [&](const std::string& rule, const std::string& name) {
    const Recipe recipe = parse_recipe(head + rule, "recipe.toml", folder.path(), DataKind::kAlign);
    return build_data(recipe, folder / name);
  };
  const BuildReport report = built("responses = ['answers']\n", "heard");
  EXPECT_EQ(report.planned, 20);
  EXPECT_EQ(report.written, 19);  // one has no recording
  EXPECT_EQ(report.rejected.at("no_response"), 40);
  const ShardReader reader(folder / "heard");
  const ResponseSet answers(folder / "answers");
  for (uint64_t i = 0; i < reader.size(); ++i) {
    const Sample sample = reader.read(i);
    const Item item = item_from(json::parse(content_of(sample, "json")), "item");
    EXPECT_EQ(item.prompt, "<audio>");
    EXPECT_EQ(item.answer, "An answer to " + item.clip);
    EXPECT_EQ(item.configuration, Configuration::kAudio);
    EXPECT_EQ(item.instruction, item.transcript);
    EXPECT_EQ(item.responder, "teacher");
    EXPECT_EQ(item.clip_sha256.size(), 64u);
    const std::string& logits = content_of(sample, "logits");
    EXPECT_EQ(parse_answer_logits(std::as_bytes(std::span(logits)), "x"),
              answers.logits()[answers.find(item.clip)->row]);
  }
  EXPECT_EQ(built("responses = ['continued']\ncount = 10\n", "read").planned, 10);
  const ShardReader read(folder / "read");
  const Item item = item_from(json::parse(content_of(read.read(0), "json")), "item");
  EXPECT_EQ(item.prompt, "Continue:\n\n<audio>");
  EXPECT_EQ(item.instruction, "Continue:");
  EXPECT_EQ(item.configuration, Configuration::kTextAudio);
  EXPECT_THROW(built("responses = ['answers', 'continued']\n", "x"), Error);
  EXPECT_THROW(built("responses = ['none']\n", "x"), Error);

  // What was answered is no longer what the manifest says.
  std::string changed = folder.read("prompts.jsonl");
  const size_t text = changed.find("\"text\":\"") + 8;
  changed.insert(text, "Hello. ");
  folder.write("prompts.jsonl", changed);
  EXPECT_EQ(built("responses = ['answers']\n", "y").rejected.at("other_text"), 1);
}

// A talk of three turns with replies, spoken in prompts; each turn's recording says its number.
void write_talk(const fs::path& path) {
  ManifestWriter writer(path);
  int64_t turn = 0;
  for (const char* name : {"activated", "added", "agent-alreadyon"}) {
    Clip clip;
    clip.id = std::string("talk/") + name;
    clip.audio = std::string("/usr/share/asterisk/sounds/en_US_f_Allison/") + name + ".g722";
    clip.duration_s = audio::decode_audio(clip.audio).duration_s();
    clip.source = "asterisk";
    clip.language = "en";
    clip.text = name;
    clip.split = "train";
    clip.dialogue = "talk";
    clip.turn = turn;
    clip.labels = {{"dialogue", "reply to " + std::string(name)}, {"speaker_gender", "female"}};
    writer.add(clip);
    turn += 2;
  }
  writer.commit();
}

std::string files_of(const Sample& sample) {
  std::string files;
  for (const SampleFile& file : sample.files) files += file.extension + " ";
  return files;
}

TEST(Build, MakesConversations) {
  TestFolder folder;
  write_talk(folder / "talk.jsonl");
  const auto built = [&](const std::string& rule, const std::string& name) {
    const std::string head =
        "manifests = ['talk.jsonl']\n[[items]]\ntask = 'DLG'\n"
        "configurations = ['text_audio', 'audio_text', 'audio']\n";
    return build_data(parse_recipe(head + rule, "recipe.toml", folder.path(), DataKind::kInstruct),
                      folder / name);
  };
  const BuildReport all = built("", "all");
  EXPECT_EQ(all.written, 6);
  EXPECT_EQ(all.rejected.at("first_turn"), 3);
  EXPECT_EQ(built("turns = 'last'\n", "last").written, 3);
  const ShardReader reader(folder / "last");
  std::map<Configuration, std::string> files;
  for (uint64_t i = 0; i < reader.size(); ++i) {
    const Sample sample = reader.read(i);
    const Item item = item_from(json::parse(content_of(sample, "json")), "item");
    EXPECT_EQ(item.answer, "reply to agent-alreadyon");
    ASSERT_EQ(item.history.size(), 4u);
    EXPECT_EQ(item.history[3].text, "reply to added");
    files[item.configuration] = files_of(sample);
    EXPECT_NEAR(sample.facts.duration_s, total_duration_s(item), 1e-4);
  }
  EXPECT_EQ(files, (std::map<Configuration, std::string>{{Configuration::kTextAudio, "json wav 0.wav 2.wav "},
                                                         {Configuration::kAudioText, "json 0.wav "},
                                                         {Configuration::kAudio, "json wav 0.wav 2.wav "}}));
  built("turns = 'last'\nexchanges = 1\n", "short");
  const ShardReader cut(folder / "short");
  EXPECT_EQ(json::parse(content_of(cut.read(0), "json"))["history"].size(), 2u);
  built("turns = 'last'\n", "again");
  EXPECT_EQ(all_bytes(folder / "again"), all_bytes(folder / "last"));
}

TEST(Build, AsksQuestionsTogether) {
  TestFolder folder;
  write_talk(folder / "talk.jsonl");
  const auto recipe = [&](const std::string& head) {
    return parse_recipe(head + R"(
manifests = ["talk.jsonl"]
[[items]]
task = "ASR"
configurations = ["text_audio", "audio"]
[[items]]
task = "SGC"
[[items]]
task = "LID"
)",
                        "recipe.toml", folder.path(), DataKind::kInstruct);
  };
  const BuildReport report = build_data(recipe("questions_together = 3"), folder / "out");
  EXPECT_EQ(report.questions, 12);
  EXPECT_EQ(report.planned, 6);
  EXPECT_EQ(report.written, 6);
  const ShardReader reader(folder / "out");
  std::set<std::string> last;
  for (uint64_t i = 0; i < reader.size(); ++i) {
    const Sample sample = reader.read(i);
    const Item item = item_from(json::parse(content_of(sample, "json")), "item");
    if (item.configuration == Configuration::kAudio) {
      EXPECT_TRUE(item.history.empty());
      continue;
    }
    ASSERT_EQ(item.history.size(), 4u);
    EXPECT_EQ(files_of(sample), "json 0.wav ");
    EXPECT_TRUE(item.history[0].has_recording());
    EXPECT_EQ(item.history[0].clip, item.clip);
    EXPECT_GT(item.history[0].duration_s, 0.3);
    EXPECT_EQ(item.prompt, item.instruction);
    std::set<std::string> answers{item.answer, item.history[1].text, item.history[3].text};
    EXPECT_EQ(answers, (std::set<std::string>{"English", "female", item.transcript}));
    last.insert(item.task);
  }
  EXPECT_GT(last.size(), 1u);  // the order is not always the same
  EXPECT_EQ(build_data(recipe(""), folder / "single").written, 12);
  EXPECT_EQ(build_data(recipe("questions_together = 2"), folder / "two").written, 9);
  std::vector<fs::path> parts;
  for (int64_t i = 0; i < 2; ++i) {
    parts.push_back(folder / ("part" + std::to_string(i)));
    build_data(recipe("questions_together = 3"), parts.back(), {.share = {.index = i, .count = 2}});
  }
  merge_shards(parts, folder / "merged");
  EXPECT_EQ(ShardReader(folder / "merged").size(), 6u);
}

TEST(Selection, EqualWordsLieOnOneSide) {
  Clip one, other;
  one.id = "a";
  other.id = "b";
  one.text = "Good  morning.";
  other.text = "good morning.";
  EXPECT_EQ(split_of(one), split_of(other));
  other.split = "test";
  EXPECT_EQ(split_of(other), "test");
  std::set<std::string> sides;
  for (int i = 0; i < 20; ++i) {
    Clip turn;
    turn.text = "turn " + std::to_string(i);
    turn.dialogue = "talk";
    sides.insert(split_of(turn));
  }
  EXPECT_EQ(sides.size(), 1u);
  std::map<std::string, int> counts;
  for (int i = 0; i < 1000; ++i) {
    Clip clip;
    clip.text = "sentence " + std::to_string(i);
    ++counts[split_of(clip)];
  }
  EXPECT_NEAR(counts["train"], 800, 50);
  EXPECT_NEAR(counts["test"], 100, 35);
}

TEST(Build, AsksInTheLanguageOfTheClip) {
  TestFolder folder;
  write_prompts(folder / "prompts.jsonl");
  const std::string head = "seed = 3\nmanifests = ['prompts.jsonl']\n", rule = R"([[items]]
task = "LID"
configurations = ["text_audio", "audio"]
splits = ["train", "dev", "test"]
languages = ["en", "fr"]
instruction_language = "clip"
count = 12
)";
  const auto languages_of = [&](const std::string& recipe, const char* out) {
    build_data(recipe_in(folder, recipe), folder / out);
    std::set<std::string> pairs;  // of the clip, of the instruction: seen in its voice
    for (const Item& item : items_in(folder / out)) {
      const auto& french = wordings_in("fr").tasks.at(item.task).instructions;
      const bool in_french = std::ranges::any_of(
          french, [&](const std::string& text) { return item.instruction.starts_with(text); });
      const std::string voice = item.voice.empty() ? "read" : voice_named(item.voice).language;
      pairs.insert(item.language + " " + voice + (in_french ? " French" : ""));
    }
    return pairs;
  };
  EXPECT_THAT(languages_of(head + rule, "all"),
              testing::UnorderedElementsAre("en en", "en read", "fr fr French", "fr read French"));
  EXPECT_THAT(languages_of(head + "voices = ['flite-slt']\n" + rule, "english"),
              testing::UnorderedElementsAre("en en", "en read", "fr en", "fr read French"));
}

TEST(Recipe, RefusesWhatIsNone) {
  const auto problem = [](const std::string& text, DataKind kind = DataKind::kEval) -> std::string {
    try {
      parse_recipe(text, "recipe.toml", "/x", kind);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
      return error.what();
    }
    return "none";
  };
  const std::string head = "manifests = ['a.jsonl']\n", rule = "[[items]]\ntask = 'ASR'\n";
  EXPECT_EQ(problem(head + rule), "none");
  EXPECT_EQ(problem(head + rule, DataKind::kAlign), "none");
  EXPECT_EQ(problem(head + rule + "instruction_language = 'ru'\nconfigurations = ['audio']"), "none");
  EXPECT_THAT(problem(head + rule + "instruction_language = 'eo'"), HasSubstr("de, en, es, fr, it, ru"));
  const std::string flite = "voices = ['flite-slt']\n" + head + rule + "instruction_language = 'ru'\n";
  EXPECT_EQ(problem(flite), "none");
  EXPECT_THAT(problem(flite + "configurations = ['audio']"), HasSubstr("a voice for instructions in 'ru'"));
  EXPECT_THAT(problem("voices = ['espeak-ru-f2']\n" + head + rule +
                      "instruction_language = 'clip'\nconfigurations = ['audio']"),
              HasSubstr("a voice for instructions in 'en'"));
  EXPECT_THAT(problem(rule), HasSubstr("manifests"));
  EXPECT_THAT(problem(head), HasSubstr("items"));
  EXPECT_THAT(problem(head + "[[items]]\ntask = 'ASX'\n"), HasSubstr("ASR"));
  EXPECT_THAT(problem(head + rule + "count = 0\n"), HasSubstr("count"));
  EXPECT_THAT(problem(head + rule + "cuont = 3\n"), HasSubstr("'cuont'"));
  EXPECT_THAT(problem(head + rule + "configurations = ['video']\n"), HasSubstr("text_audio"));
  EXPECT_THAT(problem(head + rule + "configurations = ['audio', 'audio']\n"), HasSubstr("once"));
  EXPECT_THAT(problem(head + rule + "min_duration_s = 5\nmax_duration_s = 4\n"), HasSubstr("durations"));
  EXPECT_THAT(problem("voices = ['nobody']\n" + head + rule), HasSubstr("nobody"));
  EXPECT_THAT(problem(head + "[[items]]\ntask = 'SGC'\n", DataKind::kAlign), HasSubstr("aligning"));
  EXPECT_THAT(problem(head + rule + "responses = ['a']\n"), HasSubstr("open answers"));
  EXPECT_THAT(problem(head + "[[items]]\ntask = 'DLG'\nresponses = ['a']\nconfigurations = ['audio']\n"),
              HasSubstr("either"));
  EXPECT_EQ(problem(head + "[[items]]\ntask = 'DLG'\nresponses = ['a']\n", DataKind::kAlign), "none");
  EXPECT_THAT(problem(head + rule + "turns = 'last'\n"), HasSubstr("dialogue"));
  EXPECT_THAT(problem(head + "[[items]]\ntask = 'DLG'\nturns = 'first'\n"), HasSubstr("'all' or 'last'"));
  EXPECT_THAT(problem("questions_together = 2\n" + head + rule), HasSubstr("instruct only"));
  EXPECT_EQ(problem("questions_together = 2\n" + head + rule, DataKind::kInstruct), "none");
  EXPECT_THROW(data_kind_named("test"), Error);
}

}  // namespace
}  // namespace auris::data
