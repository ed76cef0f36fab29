#include "auris/data/items/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/damaged_item.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/synthesis/voice.h"

namespace auris::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// The turn of a talk: odd turns are replies in writing.
Clip turn(int64_t place, const std::string& text, const std::string& reply) {
  Clip clip;
  clip.id = "talk/" + std::to_string(place);
  clip.audio = clip.id.substr(5) + ".wav";
  clip.duration_s = 0.25 * static_cast<double>(place + 1);
  clip.source = "espeak";
  clip.text = text;
  clip.speaker = "anna";
  clip.dialogue = "talk";
  clip.turn = place;
  clip.licence = "CC0-1.0";
  if (!reply.empty()) clip.labels["dialogue"] = reply;
  return clip;
}

const std::vector<Clip>& talk() {
  static const std::vector<Clip> clips{turn(0, "I am hungry.", "What would you like?"),
                                       turn(2, "Some soup.", "With bread?"),
                                       turn(4, "Yes.", "Here you are.")};
  return clips;
}

Dialogues dialogues_of(const std::vector<Clip>& clips) {
  Dialogues dialogues;
  for (const Clip& clip : clips) dialogues.add(clip, "");
  return dialogues;
}

std::vector<std::string> ids(const EarlierClips& clips) {
  std::vector<std::string> found;
  for (const DialogueClip* one : clips) found.push_back(one->clip.id);
  return found;
}

Item planned(Configuration configuration, const Clip& clip, const EarlierClips& earlier,
             const char* task = "DLG") {
  auto result = ItemBuilder({.seed = 4}).plan(task_named(task), configuration, clip, earlier);
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    ADD_FAILURE() << rejection->reason << ": " << rejection->detail;
    return {};
  }
  return std::get<Item>(result);
}

std::string reason(Configuration configuration, const Clip& clip, const EarlierClips& earlier = {},
                   const char* task = "DLG") {
  auto result = ItemBuilder({.seed = 4}).plan(task_named(task), configuration, clip, earlier);
  return std::holds_alternative<Rejection>(result) ? std::get<Rejection>(result).reason : "none";
}

std::vector<std::pair<std::string, std::string>> texts(const Item& item) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const EarlierTurn& one : item.history) all.push_back({std::string(name_of(one.role)), one.text});
  return all;
}

TEST(Dialogues, FindWhatWasSaidBefore) {
  const Dialogues dialogues = dialogues_of(talk());
  EXPECT_THAT(ids(dialogues.before(talk()[2], 8)), ElementsAre("talk/0", "talk/2"));
  EXPECT_THAT(ids(dialogues.before(talk()[2], 1)), ElementsAre("talk/2"));
  EXPECT_TRUE(dialogues.before(talk()[0], 8).empty());
  EXPECT_FALSE(dialogues.is_last(talk()[1]));
  EXPECT_TRUE(dialogues.is_last(talk()[2]));
  Clip alone = talk()[2];
  alone.dialogue.clear();
  EXPECT_TRUE(dialogues.before(alone, 8).empty());
  EXPECT_TRUE(dialogues.is_last(alone));
}

// Every utterance is a clip, as in MELD: Ross asks, Joey answers, until Rachel answers.
TEST(Dialogues, OnePersonReplies) {
  std::vector<Clip> clips;
  const std::vector<std::string> speakers{"ross", "joey", "ross", "joey", "ross", "rachel"};
  for (size_t i = 0; i < speakers.size(); ++i) {
    clips.push_back(turn(static_cast<int64_t>(i), "t" + std::to_string(i),
                         i + 1 < speakers.size() ? "t" + std::to_string(i + 1) : ""));
    clips.back().speaker = speakers[i];
  }
  const Dialogues dialogues = dialogues_of(clips);
  EXPECT_THAT(ids(dialogues.before(clips[2], 8)), ElementsAre("talk/0"));
  EXPECT_THAT(ids(dialogues.before(clips[3], 8)), ElementsAre("talk/1"));
  EXPECT_TRUE(dialogues.before(clips[4], 8).empty());
  EXPECT_TRUE(dialogues.is_last(clips[2]));
  EXPECT_FALSE(dialogues.is_last(clips[1]));
}

TEST(Conversation, InThreeConfigurations) {
  const Dialogues dialogues = dialogues_of(talk());
  const EarlierClips earlier = dialogues.before(talk()[2], 8);
  const Item read = planned(Configuration::kTextAudio, talk()[2], earlier);
  EXPECT_THAT(texts(read), ElementsAre(Pair("user", read.instruction + "\n<audio>"),
                                       Pair("assistant", "What would you like?"), Pair("user", "<audio>"),
                                       Pair("assistant", "With bread?")));
  EXPECT_EQ(read.prompt, "<audio>");
  EXPECT_EQ(read.answer, "Here you are.");
  EXPECT_EQ(read.history[2].words, "Some soup.");
  EXPECT_EQ(read.history[2].clip, "talk/2");
  EXPECT_EQ(read.history[2].licence, "CC0-1.0");

  const Item heard = planned(Configuration::kAudioText, talk()[2], earlier);
  EXPECT_THAT(texts(heard),
              ElementsAre(Pair("user", "<audio>\nI am hungry."), Pair("assistant", "What would you like?"),
                          Pair("user", "Some soup."), Pair("assistant", "With bread?")));
  EXPECT_EQ(heard.prompt, "Yes.");
  EXPECT_EQ(heard.history[0].words, heard.instruction);

  const Item pure = planned(Configuration::kAudio, talk()[2], earlier);
  EXPECT_EQ(pure.prompt, "<audio>");
  EXPECT_THAT(pure.history[0].text, testing::EndsWith("\n<audio>"));
  EXPECT_THAT(pure.history[0].text, testing::Not(HasSubstr(pure.instruction)));
  EXPECT_EQ(pure.history[0].words, pure.instruction + " I am hungry.");
  EXPECT_FALSE(pure.history[0].voice.empty());
  EXPECT_TRUE(pure.voice.empty() && pure.history[2].voice.empty());
  for (const Item& item : {read, heard, pure})
    EXPECT_EQ(item_from(json::parse(to_json(item).dump()), "x"), item);
}

TEST(Conversation, EveryTurnHasItsRecording) {
  TestFolder folder;
  for (const Clip& clip : talk()) {
    audio::write_wav(folder / clip.audio,
                     {.samples = std::vector<float>(static_cast<size_t>(clip.duration_s * 16000), 0.25f),
                      .sample_rate_hz = 16000});
  }
  Dialogues dialogues;
  for (const Clip& clip : talk()) dialogues.add(clip, folder.path());
  const EarlierClips earlier = dialogues.before(talk()[2], 8);
  ItemBuilder builder({.seed = 4});
  Item read = planned(Configuration::kTextAudio, talk()[2], earlier);
  auto sounds = builder.render_earlier(read, talk()[2], folder.path(), earlier);
  EXPECT_EQ(sounds.at(0).samples.size(), 4000u);
  EXPECT_EQ(sounds.at(2).samples.size(), 12000u);
  EXPECT_EQ(builder.render(read, talk()[2], folder.path()).samples.size(), 20000u);
  EXPECT_EQ(read.history[2].duration_s, 0.75);
  EXPECT_EQ(read.history[2].clip_sha256.size(), 64u);
  EXPECT_EQ(total_duration_s(read), 2.25);

  Item heard = planned(Configuration::kAudioText, talk()[2], earlier);
  sounds = builder.render_earlier(heard, talk()[2], folder.path(), earlier);
  const auto instruction_of = [](const Item& item) {
    return speak(item.instruction, voice_named(item.history[0].voice)).samples.size();
  };
  ASSERT_EQ(sounds.size(), 1u);
  EXPECT_EQ(sounds.at(0).samples.size(), instruction_of(heard));
  EXPECT_TRUE(builder.render(heard, talk()[2], folder.path()).samples.empty());
  EXPECT_EQ(heard.duration_s, 0);

  Item pure = planned(Configuration::kAudio, talk()[2], earlier);
  sounds = builder.render_earlier(pure, talk()[2], folder.path(), earlier);
  EXPECT_EQ(sounds.at(0).samples.size(), instruction_of(pure) + 8000 + 4000);
  EXPECT_EQ(sounds.at(2).samples.size(), 12000u);
}

TEST(Conversation, QuestionsMayFollowARecording) {
  Clip clip = turn(0, "Twelve.", "A number.");
  clip.dialogue.clear();
  clip.follow_ups = {{"Which one?", "12"}, {"Is it even?", "Yes."}};
  const Item item = planned(Configuration::kTextAudio, clip, {});
  EXPECT_THAT(texts(item),
              ElementsAre(Pair("user", item.instruction + "\n<audio>"), Pair("assistant", "A number."),
                          Pair("user", "Which one?"), Pair("assistant", "12")));
  EXPECT_EQ(item.prompt, "Is it even?");
  EXPECT_EQ(item.answer, "Yes.");
}

TEST(Conversation, WhatIsWrittenIsAskedAsItIs) {
  Clip clip = turn(0, "Which of these is a fruit?", "");
  clip.dialogue.clear();
  clip.labels["audio_question_answering"] = "Apple.";
  clip.written = "<audio>\nApple, stone";
  const Item item = planned(Configuration::kAudioText, clip, {}, "AQA");
  EXPECT_EQ(item.prompt, "<audio>\nApple, stone");
  EXPECT_EQ(item.answer, "Apple.");
  EXPECT_EQ(item.instruction, "Apple, stone");
  EXPECT_TRUE(item.voice.empty() && item.history.empty());
  EXPECT_EQ(reason(Configuration::kTextAudio, clip, {}, "AQA"), "other_configuration");
  EXPECT_EQ(configuration_of_written("Say it.\n<audio>"), Configuration::kTextAudio);
  EXPECT_EQ(configuration_of_written("Say it.\n<audio>\nnow"), Configuration::kTextAudio);
  EXPECT_EQ(configuration_of_written("<audio>"), Configuration::kAudio);
  EXPECT_EQ(configuration_of_written("Respond to the speaker.\n<audio>"), Configuration::kAudio);
}

TEST(Conversation, WhatGivesNoneIsTold) {
  const Dialogues dialogues = dialogues_of(talk());
  EXPECT_EQ(reason(Configuration::kAudio, talk()[0]), "first_turn");
  std::vector<Clip> wordless = talk();
  wordless[0].text.clear();
  const Dialogues others = dialogues_of(wordless);
  EXPECT_EQ(reason(Configuration::kAudioText, wordless[2], others.before(wordless[2], 8)), "no_answer");
  EXPECT_EQ(reason(Configuration::kAudio, wordless[2], others.before(wordless[2], 8)), "none");
  std::vector<Clip> marked = talk();
  marked[0].labels["dialogue"] = "an <audio> tag";
  const Dialogues marks = dialogues_of(marked);
  EXPECT_EQ(reason(Configuration::kAudio, marked[2], marks.before(marked[2], 8)), "audio_mark");
}

TEST(Conversation, DamagedHistoriesAreRefused) {
  const Dialogues dialogues = dialogues_of(talk());
  const json good = json::parse(
      to_json(planned(Configuration::kTextAudio, talk()[2], dialogues.before(talk()[2], 8))).dump());
  const auto problem = [&](const Damage& damage) { return problem_of(good, damage); };
  EXPECT_EQ(problem([](json&) {}), "none");
  EXPECT_EQ(problem([](json& j) { j["prompt"] = "And now?"; }), "none");
  EXPECT_THAT(problem([](json& j) { j["history"].erase(0); }), HasSubstr("turns of user and assistant"));
  EXPECT_THAT(problem([](json& j) { std::swap(j["history"][0], j["history"][1]); }), HasSubstr("by turns"));
  EXPECT_THAT(problem([](json& j) { j["history"][0]["text"] = "<audio> <audio>"; }), HasSubstr("2 times"));
  EXPECT_THAT(problem([](json& j) { j["history"][1]["text"] = "<audio>"; }), HasSubstr("no <audio>"));
  EXPECT_THAT(problem([](json& j) { j["history"][2]["text"] = "soup"; }), HasSubstr("has a recording"));
  EXPECT_THAT(problem([](json& j) { j["history"][2]["clip_sha256"] = "x"; }), HasSubstr("hex"));
  EXPECT_THAT(problem([](json& j) { j["history"][2]["consent"] = "yes"; }), HasSubstr("consent"));
  EXPECT_THAT(problem([](json& j) { j["history"][2]["duration_s"] = -1; }), HasSubstr("duration_s"));
  EXPECT_THAT(problem([](json& j) { j["history"] = 3; }), HasSubstr("list"));
  EXPECT_THAT(problem([](json& j) {
                j["prompt"] = "And now?";
                j["history"] = json::array();
              }),
              HasSubstr("0 times"));
}

}  // namespace
}  // namespace auris::data
