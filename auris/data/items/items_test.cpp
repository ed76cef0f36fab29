#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/answers.h"
#include "auris/data/items/damaged_item.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/synthesis/voice.h"
#include "auris/data/tasks/wordings.h"

namespace auris::data {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPrompt = "/usr/share/asterisk/sounds/en_US_f_Allison/activated.g722";

Clip prompt_clip() {
  Clip clip;
  clip.id = "asterisk/en/activated";
  clip.audio = kPrompt;
  clip.duration_s = 0.5;
  clip.source = "asterisk";
  clip.language = "en";
  clip.text = "Activated.";
  clip.speaker = "allison";
  clip.labels = {{"speaker_gender", "Woman"}};
  clip.translations = {{"en", "Activated."}};
  clip.licence = "CC-BY-SA-3.0";
  return clip;
}

Item planned(const ItemBuilder& builder, const char* task, Configuration configuration, const Clip& clip) {
  auto result = builder.plan(task_named(task), configuration, clip);
  if (std::holds_alternative<Rejection>(result)) {
    ADD_FAILURE() << std::get<Rejection>(result).detail;
    return {};
  }
  return std::get<Item>(result);
}

std::string reason(const ItemBuilder& builder, const char* task, const Clip& clip) {
  auto result = builder.plan(task_named(task), Configuration::kTextAudio, clip);
  return std::holds_alternative<Rejection>(result) ? std::get<Rejection>(result).reason : "none";
}

// The clip's own question takes the place of the task's ways to ask; what is said is heard or read.
TEST(Items, AClipMayBringItsQuestion) {
  ItemBuilder builder({.seed = 4});
  Clip clip = prompt_clip();
  clip.questions = {{"audio_question_answering", "What happened to the feature?"}};
  clip.labels["audio_question_answering"] = "It was activated.";
  const Item read = planned(builder, "AQA", Configuration::kTextAudio, clip);
  EXPECT_EQ(read.prompt, "What happened to the feature?\n<audio>");
  EXPECT_EQ(read.answer, "It was activated.");
  Item spoken = planned(builder, "AQA", Configuration::kAudioText, clip);
  EXPECT_EQ(spoken.prompt, "<audio>\nActivated.");
  const double question_s = builder.render(spoken, clip, "").duration_s();
  Item both = planned(builder, "AQA", Configuration::kAudio, clip);
  EXPECT_EQ(both.instruction, spoken.instruction);
  EXPECT_GT(builder.render(both, clip, "").duration_s(), question_s + 0.5);
  clip.text.clear();
  EXPECT_EQ(reason(builder, "AQA", clip), "no_answer");
}

TEST(Items, VariantsServeOtherSourcesToo) {
  ItemBuilder builder({});
  Clip clip = prompt_clip();
  clip.labels["speech_command_recognition"] = "Stop";
  EXPECT_EQ(reason(builder, "SCR", clip), "no_variant");
  clip.source = "espeak";
  EXPECT_EQ(planned(builder, "SCR", Configuration::kTextAudio, clip).variant, "speech_commands");
}

TEST(Items, ThreeWaysToAsk) {
  ItemBuilder builder({.seed = 4});
  const Clip clip = prompt_clip();

  Item read = planned(builder, "SGC", Configuration::kTextAudio, clip);
  EXPECT_EQ(read.id, "speaker_gender/text_audio/asterisk/en/activated");
  EXPECT_EQ(read.answer, "female");
  EXPECT_THAT(read.prompt, testing::EndsWith("\n<audio>"));
  EXPECT_THAT(read.prompt, testing::AnyOf(HasSubstr("female, male"), HasSubstr("male, female")));
  EXPECT_EQ(read.voice, "");
  const audio::AudioClip alone = builder.render(read, clip, "");
  EXPECT_NEAR(read.duration_s, 0.5, 1e-4);
  EXPECT_EQ(read.clip_start_s, 0);

  Item heard = planned(builder, "SGC", Configuration::kAudioText, clip);
  EXPECT_THAT(heard.prompt, testing::StartsWith("<audio>\n"));
  EXPECT_THAT(heard.prompt, HasSubstr("male"));
  EXPECT_THAT(heard.instruction, testing::Not(HasSubstr("female, male")));
  const audio::AudioClip both = builder.render(heard, clip, "");
  const audio::AudioClip instruction = speak(heard.instruction, voice_named(heard.voice));
  EXPECT_EQ(both.samples.size(), instruction.samples.size() + 8000 + alone.samples.size());
  EXPECT_TRUE(std::equal(alone.samples.rbegin(), alone.samples.rend(), both.samples.rbegin()));
  EXPECT_NEAR(heard.clip_start_s, instruction.duration_s() + 0.5, 1e-4);

  Item pure = planned(builder, "SGC", Configuration::kAudio, clip);
  EXPECT_THAT(pure.prompt, testing::Not(HasSubstr("male")));
  EXPECT_THAT(pure.instruction, HasSubstr("male"));
  EXPECT_GT(builder.render(pure, clip, "").samples.size(), both.samples.size());

  Item words = planned(builder, "ST", Configuration::kAudioText, clip);
  EXPECT_EQ(words.prompt, "<audio>\nActivated.");
  EXPECT_EQ(builder.render(words, clip, "").samples,
            speak(words.instruction, voice_named(words.voice)).samples);
}

// Else it would only have to be copied.
TEST(Items, WhatIsSaidIsNeverReadWhereItIsTheAnswer) {
  ItemBuilder builder({});
  const Clip clip = prompt_clip();
  for (const Configuration configuration :
       {Configuration::kTextAudio, Configuration::kAudioText, Configuration::kAudio}) {
    Item item = planned(builder, "ASR", configuration, clip);
    EXPECT_THAT(item.prompt, testing::Not(HasSubstr("Activated"))) << name_of(configuration);
    const bool spoken = configuration != Configuration::kTextAudio;
    EXPECT_GT(builder.render(item, clip, "").duration_s(), spoken ? 1.5 : 0.49);
    EXPECT_EQ(item.clip_start_s > 0, spoken) << name_of(configuration);
  }
}

TEST(Items, InstructionsHaveTheirLanguage) {
  ItemBuilder builder({.seed = 4});
  const Clip clip = prompt_clip();
  const auto asked = [&](Configuration configuration, const std::string& language) {
    return std::get<Item>(builder.plan(task_named("SGC"), configuration, clip, {}, language));
  };
  const Wording& french = wordings_in("fr").tasks.at("speaker_gender");
  Item heard = asked(Configuration::kAudioText, "fr");
  EXPECT_THAT(french.instructions, testing::Contains(heard.instruction));
  EXPECT_EQ(voice_named(heard.voice).language, "fr");
  EXPECT_THAT(heard.prompt, testing::AnyOf(HasSubstr("female, male"), HasSubstr("male, female")));
  EXPECT_EQ(heard.answer, "female");
  EXPECT_GT(builder.render(heard, clip, "").duration_s(), 1.5);
  const Item all = asked(Configuration::kAudio, "ru");
  EXPECT_THAT(wordings_in("ru").carriers, testing::Contains(all.prompt.substr(0, all.prompt.find('\n'))));
  EXPECT_NE(asked(Configuration::kTextAudio, "de").prompt, asked(Configuration::kTextAudio, "en").prompt);
  EXPECT_EQ(asked(Configuration::kAudio, "en"), planned(builder, "SGC", Configuration::kAudio, clip));
  EXPECT_THROW(asked(Configuration::kTextAudio, "eo"), Error);
  const ItemBuilder english({.voices = {"flite-slt"}});
  EXPECT_TRUE(english.speaks("en") && !english.speaks("fr"));
  EXPECT_THROW(english.plan(task_named("SGC"), Configuration::kAudio, clip, {}, "fr"), Error);
  EXPECT_NO_THROW(english.plan(task_named("SGC"), Configuration::kTextAudio, clip, {}, "fr"));
}

TEST(Items, TwoRecordingsFollowEachOther) {
  ItemBuilder builder({.seed = 4});
  Clip clip = prompt_clip();
  clip.source = "voxceleb";
  clip.labels = {{"speaker_verification", "same"}};
  EXPECT_EQ(reason(builder, "ASV", clip), "no_variant");  // it has but one
  clip.second = SecondRecording{.audio = "/usr/share/asterisk/sounds/en_US_f_Allison/agent-pass.g722",
                                .duration_s = 1000,
                                .sha256 = {},
                                .speaker = "allison"};
  EXPECT_EQ(reason(builder, "SGC", clip), "no_variant");  // of which of the two?
  Item item = planned(builder, "ASV", Configuration::kTextAudio, clip);
  EXPECT_EQ(item.answer, "same");
  const std::vector<float> both = builder.render(item, clip, "").samples;
  const std::vector<float> second = audio::decode_audio(clip.second->audio).samples;
  ASSERT_EQ(both.size(), 8000 + 8000 + second.size());
  EXPECT_TRUE(std::equal(second.begin(), second.end(), both.begin() + 16000));
  EXPECT_EQ(std::count(both.begin() + 8000, both.begin() + 16000, 0.0f), 8000);
  EXPECT_EQ(item.clip_sha256, sha256_of(clip, ""));
  EXPECT_EQ(item.second_clip_sha256, sha256_of(second_of(clip), ""));
  EXPECT_EQ(item_from(json::parse(to_json(item).dump()), "item"), item);

  // Read beside the spoken instruction: the answers; then nothing but a carrier.
  for (const Configuration configuration : {Configuration::kAudioText, Configuration::kAudio}) {
    Item heard = planned(builder, "ASV", configuration, clip);
    const size_t before = speak(heard.instruction, voice_named(heard.voice)).samples.size() + 8000;
    const std::vector<float> all = builder.render(heard, clip, "").samples;
    ASSERT_EQ(all.size(), before + both.size());
    EXPECT_TRUE(std::equal(both.begin(), both.end(), all.begin() + static_cast<std::ptrdiff_t>(before)));
    EXPECT_EQ(heard.prompt.find("different") != std::string::npos,
              configuration == Configuration::kAudioText);
  }
}

TEST(Items, SurviveJson) {
  ItemBuilder builder({.seed = 1});
  for (auto configuration : {Configuration::kTextAudio, Configuration::kAudioText, Configuration::kAudio}) {
    for (const char* task : {"ASR", "SGC", "ST", "LID"}) {
      Item item = planned(builder, task, configuration, prompt_clip());
      builder.render(item, prompt_clip(), "");
      EXPECT_EQ(item_from(json::parse(to_json(item).dump()), "x"), item);
    }
  }
}

TEST(Items, SeedAndIdChooseAlone) {
  const ItemBuilder one({.seed = 1}), again({.seed = 1}), other({.seed = 2});
  std::set<std::string> prompts, orders;
  int changed = 0;
  for (int i = 0; i < 60; ++i) {
    Clip clip = prompt_clip();
    clip.id += std::to_string(i);
    const Item item = planned(one, "SGC", Configuration::kTextAudio, clip);
    EXPECT_EQ(item, planned(again, "SGC", Configuration::kTextAudio, clip));
    changed += item.prompt != planned(other, "SGC", Configuration::kTextAudio, clip).prompt ? 1 : 0;
    prompts.insert(item.prompt);
    orders.insert(item.prompt.find("female, male") != std::string::npos ? "fm" : "mf");
  }
  EXPECT_GT(prompts.size(), 30u);
  EXPECT_EQ(orders.size(), 2u);
  EXPECT_GT(changed, 40);
}

TEST(Items, WhatGivesNoneIsTold) {
  const ItemBuilder builder({});
  Clip clip = prompt_clip();
  EXPECT_EQ(reason(builder, "SGC", clip), "none");
  EXPECT_EQ(reason(builder, "ER", clip), "no_variant");
  EXPECT_EQ(reason(builder, "VSC", clip), "no_variant");
  clip.labels["speaker_gender"] = "robot";
  EXPECT_EQ(reason(builder, "SGC", clip), "unknown_label");
  clip.labels.clear();
  EXPECT_EQ(reason(builder, "SGC", clip), "no_answer");
  clip.text = " ";
  EXPECT_EQ(reason(builder, "ASR", clip), "unknown_label");
  clip.text = "";
  EXPECT_EQ(reason(builder, "ASR", clip), "no_answer");
  clip = prompt_clip();
  clip.start_s = 100;
  Item item = planned(builder, "ASR", Configuration::kTextAudio, clip);
  EXPECT_THROW(ItemBuilder({}).render(item, clip, ""), Error);
  EXPECT_THROW(ItemBuilder({.voices = {}}), Error);
  EXPECT_THROW(ItemBuilder({.voices = {"nobody"}}), Error);
}

TEST(Items, DamagedOnesAreRefused) {
  const ItemBuilder builder({});
  const json good =
      json::parse(to_json(planned(builder, "SGC", Configuration::kTextAudio, prompt_clip())).dump());
  const auto problem = [&](const Damage& damage) { return problem_of(good, damage); };
  EXPECT_EQ(problem([](json&) {}), "none");
  EXPECT_THAT(problem([](json& j) { j["prompt"] = "<audio> and <audio>"; }), HasSubstr("2 times"));
  EXPECT_THAT(problem([](json& j) { j["prompt"] = "no recording"; }), HasSubstr("0 times"));
  EXPECT_THAT(problem([](json& j) { j["answer"] = "robot"; }), HasSubstr("a label of the task"));
  EXPECT_THAT(problem([](json& j) { j["answer"] = ""; }), HasSubstr("an answer"));
  EXPECT_THAT(problem([](json& j) { j["task"] = "speaker_gendre"; }), HasSubstr("speaker_gender"));
  EXPECT_THAT(problem([](json& j) { j["variant"] = "none"; }), HasSubstr("'variant'"));
  EXPECT_THAT(problem([](json& j) { j["configuration"] = "video"; }), HasSubstr("text_audio"));
  EXPECT_THAT(problem([](json& j) { j["promt"] = "x"; }), HasSubstr("'prompt'"));
  EXPECT_THAT(problem([](json& j) { j["duration_s"] = "x"; }), HasSubstr("'duration_s'"));
  EXPECT_THAT(problem([](json& j) { j["references"] = {1}; }), HasSubstr("'references'"));
}

// By the definition in speaking_rate.h: letters a second, from 10 and from 13 on.
TEST(Answers, SpeakingRateIsLettersASecond) {
  const Task& task = task_named("SPR");
  const auto rate = [&](const std::string& text, double duration_s) {
    Clip clip = prompt_clip();
    clip.text = text;
    clip.duration_s = duration_s;
    return answer_for(task, task.variant("any"), clip).value_or("none");
  };
  const std::string said = "Déjà vu: – what’s in a noisy room??";  // 23 letters, whatever their bytes
  EXPECT_EQ(rate(said, 2.31), "slow");
  EXPECT_EQ(rate(said, 2.3), "medium");
  EXPECT_EQ(rate(said, 23 / 13.0), "fast");
  EXPECT_EQ(rate(said, 0.9), "none");            // over 25 a second
  EXPECT_EQ(rate("Fourteen lette", 2), "none");  // 13 letters
  EXPECT_EQ(rate("In nineteen hundred and 7", 2), "none");
  EXPECT_EQ(rate("", 2), "none");
}

TEST(Answers, NumbersAndTagsFit) {
  TaskVariant number;
  number.answer = AnswerKind::kNumber;
  number.minimum = 0;
  number.maximum = 127;
  EXPECT_EQ(answer_problem("60", number), "");
  for (const char* bad : {"128", "-1", "sixty", "60 ", "nan"})
    EXPECT_NE(answer_problem(bad, number), "") << bad;
  TaskVariant tags;
  tags.answer = AnswerKind::kTags;
  tags.labels = {{"dog", {"barking"}}, {"rain", {}}};
  EXPECT_EQ(answer_problem("Rain, barking", tags), "");
  EXPECT_NE(answer_problem("rain, cat", tags), "");
}

}  // namespace
}  // namespace auris::data
