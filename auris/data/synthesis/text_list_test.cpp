#include "auris/data/synthesis/text_list.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"

namespace auris::data {
namespace {

using testing::HasSubstr;

struct Spoken {
  SpeakReport report;
  std::vector<Clip> clips;
  std::vector<Rejection> rejections;
};

Spoken speak_lines(const std::filesystem::path& folder, const std::string& lines, SpeakOptions options = {}) {
  std::ofstream(folder / "texts.jsonl") << lines;
  Spoken spoken;
  spoken.report = speak_texts(folder / "texts.jsonl", folder / "out", options, [&](Rejection rejection) {
    spoken.rejections.push_back(std::move(rejection));
  });
  read_manifest(
      folder / "out" / "clips.jsonl", [&](Clip clip) { spoken.clips.push_back(std::move(clip)); },
      [](Rejection rejection) { ADD_FAILURE() << rejection.detail; });
  return spoken;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(TextList, OneVoiceSpeaksAConversation) {
  TestFolder folder;
  std::string lines;
  for (int turn = 0; turn < 8; turn += 2) {
    const std::string n = std::to_string(turn);
    lines += R"({"id":"talk-)" + n + R"(","text":"Turn )" + n + R"(.","dialogue":"talk","turn":)" + n +
             R"(,"labels":{"dialogue":"Yes."}})" + "\n";
  }
  const Spoken spoken = speak_lines(folder.path(), lines, {.voices_per_text = 1});
  ASSERT_EQ(spoken.clips.size(), 4u);
  for (size_t i = 0; i < spoken.clips.size(); ++i) {
    const Clip& clip = spoken.clips[i];
    EXPECT_EQ(clip.speaker, spoken.clips[0].speaker);
    EXPECT_EQ(clip.dialogue, "talk/" + clip.speaker);
    EXPECT_EQ(clip.turn, static_cast<int64_t>(2 * i));
    EXPECT_EQ(clip.labels.at("dialogue"), "Yes.");
  }
}

TEST(TextList, SpokenTextsAreClipsWithLabels) {
  TestFolder folder;
  const Spoken spoken = speak_lines(
      folder.path(),
      R"({"id":"wake","text":"Wake me up at seven.","labels":{"intent_prediction":"alarm set"},"licence":"CC0-1.0"})"
      "\n\n"
      R"({"id":"zug","text":"Der Zug kommt.","language":"de","translations":{"en":"The train is coming."}})",
      {.voices = {"espeak-en-gb-scotland-f2", "flite-slt", "espeak-de-m1", "festival-slt"},
       .voices_per_text = 5});
  EXPECT_EQ(spoken.report.lines, 3);
  EXPECT_EQ(spoken.report.texts, 2);
  EXPECT_EQ(spoken.report.blank, 1);
  EXPECT_EQ(spoken.report.clips, 4);
  ASSERT_EQ(spoken.clips.size(), 4u);
  std::set<std::string> ids;
  for (const Clip& clip : spoken.clips) {
    ids.insert(clip.id);
    EXPECT_TRUE(clip.synthetic);
    EXPECT_EQ(clip.consent, Consent::kSynthetic);
    EXPECT_EQ(clip.labels.at("synthetic_speech_detection"), "fake");
    const audio::AudioClip sound = audio::decode_audio(folder.path() / "out" / clip.audio);
    EXPECT_NEAR(sound.duration_s(), clip.duration_s, 1e-6);
  }
  EXPECT_EQ(ids, (std::set<std::string>{"wake/espeak-en-gb-scotland-f2", "wake/festival-slt",
                                        "wake/flite-slt", "zug/espeak-de-m1"}));
  for (const Clip& clip : spoken.clips) {
    const bool espeak = clip.source == "espeak";
    EXPECT_TRUE(clip.speaker.starts_with(clip.source + "-"));
    EXPECT_THAT(clip.origin, testing::ContainsRegex(", rate [01][.0-9]*, pitch [01][.0-9]*$"));
    if (clip.source == "festival") {
      EXPECT_EQ(clip.labels.at("accent"), "American");
      EXPECT_THAT(clip.origin, testing::StartsWith("festvox-us-slt-hts"));
    }
    EXPECT_EQ(clip.labels.contains("phoneme_recognition"), espeak) << clip.id;
    EXPECT_EQ(clip.labels.contains("accent"), clip.speaker != "espeak-de-m1") << clip.id;
    if (clip.speaker == "espeak-de-m1") {
      EXPECT_EQ(clip.labels.at("speaker_gender"), "male");
      EXPECT_EQ(clip.labels.at("phoneme_recognition"), "dɛɾ tsˈuːk kˈɔmt");
      EXPECT_EQ(clip.translations.at("en"), "The train is coming.");
    } else {
      EXPECT_EQ(clip.labels.at("intent_prediction"), "alarm set");
      EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
      EXPECT_EQ(clip.licence, "CC0-1.0");
    }
  }
}

TEST(TextList, TheSameListGivesTheSameBytesAndGoesOn) {
  TestFolder first, second;
  const std::string lines = "{\"id\":\"a\",\"text\":\"One two.\"}\n{\"id\":\"b\",\"text\":\"Three four.\"}\n";
  const Spoken once = speak_lines(first.path(), lines, {.voices_per_text = 3, .seed = 4});
  EXPECT_EQ(once.report.reused, 0);
  SpeakOptions stopped{.voices_per_text = 3, .seed = 4};
  stopped.progress = [](int64_t clips) { return clips < 4; };
  EXPECT_THROW(speak_lines(second.path(), lines, stopped), Error);
  EXPECT_FALSE(std::filesystem::exists(second.path() / "out" / "clips.jsonl"));
  const Spoken resumed = speak_lines(second.path(), lines, {.voices_per_text = 3, .seed = 4});
  EXPECT_EQ(resumed.report.reused, 4);
  EXPECT_EQ(resumed.clips, once.clips);
  for (const Clip& clip : once.clips) {
    EXPECT_EQ(content_of(first.path() / "out" / clip.audio), content_of(second.path() / "out" / clip.audio));
  }
  const Spoken other = speak_lines(second.path(), lines, {.voices_per_text = 3, .seed = 5});
  EXPECT_NE(other.clips, once.clips);
}

TEST(TextList, WhatCannotBeSpokenIsRejectedByLine) {
  TestFolder folder;
  const Spoken spoken = speak_lines(folder.path(),
                                    "{\"id\":\"a\",\"text\":\"One.\"}\n"
                                    "{\"id\":\"a\",\"text\":\"Two.\"}\n"
                                    "nothing\n"
                                    "{\"id\":\"c\",\"text\":\" \"}\n"
                                    "{\"id\":\"d\",\"text\":\"x\",\"colour\":\"red\"}\n"
                                    "{\"id\":\"e\",\"text\":\"x\",\"language\":\"tlh\"}\n"
                                    "{\"id\":\"f\",\"text\":\"" +
                                        std::string(20'000, 'a') + "\"}\n");
  EXPECT_EQ(spoken.report.clips, 1);
  EXPECT_EQ(spoken.report.rejected, 6);
  std::vector<std::string> reasons;
  for (const Rejection& rejection : spoken.rejections) reasons.push_back(rejection.reason);
  EXPECT_EQ(reasons, (std::vector<std::string>{"repeated_id", "no_json", "no_text", "no_text", "no_voice",
                                               "not_spoken"}));
  EXPECT_THAT(spoken.rejections[3].detail, HasSubstr("colour"));
}

TEST(TextList, OptionsThatMakeNoSense) {
  TestFolder folder;
  EXPECT_THROW(speak_lines(folder.path(), "", {.voices = {"nobody"}}), Error);
  EXPECT_THROW(speak_lines(folder.path(), "", {.voices_per_text = 0}), Error);
  EXPECT_THROW(speak_lines(folder.path(), "", {.slowest = 2, .fastest = 1}), Error);
  EXPECT_THROW(speak_texts(folder.path() / "none", folder.path(), {}, [](const Rejection&) {}), Error);
}

}  // namespace
}  // namespace auris::data
