#include "auris/eval/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/eval/report/item_details.h"

namespace auris::eval {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHostile = "</script><img src=x onerror=alert(1)>\u2028\u202e|`\"'\xff";

AnsweredItem item(const std::string& task, const std::string& truth, std::optional<std::string> answer) {
  AnsweredItem answered;
  answered.item.id = task + "/" + truth;
  answered.item.task = task;
  answered.item.variant = "any";
  answered.item.prompt = "Listen.\n<audio>";
  answered.item.answer = truth;
  answered.item.language = "en";
  answered.item.duration_s = 1;
  answered.answer = std::move(answer);
  return answered;
}

TEST(ItemDetails, Verdicts) {
  const auto verdict = [](const char* truth, std::optional<std::string> answer) {
    return verdict_of(item("speaker_gender", truth, std::move(answer)));
  };
  EXPECT_EQ(verdict("male", "A man.").text, "right");
  EXPECT_EQ(verdict("male", "A man.").kind, VerdictKind::kRight);
  EXPECT_EQ(verdict("male", "female").text, "wrong");
  EXPECT_EQ(verdict("male", "I cannot tell.").text, "abstained");
  EXPECT_EQ(verdict("male", "").text, "empty");
  EXPECT_EQ(verdict("male", std::nullopt).text, "no answer");
  EXPECT_EQ(verdict_of(item("speech_recognition", "red green blue black", "red green brown black")).text,
            "wer 25 %");
  EXPECT_EQ(verdict_of(item("speech_recognition", "red green", "Red, green!")).text, "right");
}

TEST(ItemDetails, WordsAreAligned) {
  const auto spans = answer_alignment(item("speech_recognition", "the red cat sat", "the bed cat sat down"));
  EXPECT_EQ(spans.dump(), R"([["=","the"],["s","red","bed"],["=","cat sat"],["i","down"]])");
  EXPECT_EQ(alignment("the red cat", "Cat!", "en", false).dump(), R"([["d","the red"],["=","cat"]])");
  EXPECT_TRUE(answer_alignment(item("speaker_gender", "male", "male")).is_null());
}

AnswersOfSystems answers_of(const std::vector<std::string>& said) {
  AnswersOfSystems answers{.data_set = kHostile, .systems = {}};
  for (const std::string& answer : said) {
    SystemAnswers system{.name = kHostile + answer, .settings = {{"model", kHostile}}, .items = {}};
    for (int i = 0; i < 4; ++i) {
      system.items.push_back(item("speech_recognition", "word " + std::to_string(i), answer));
      system.items.back().item.speaker = kHostile;
      system.items.push_back(item("speaker_gender", i % 2 == 0 ? "male" : "female", answer));
      system.items.back().item.id += std::to_string(i);
    }
    system.heard.assign(system.items.size(), kHostile);
    system.errors.assign(system.items.size(), "");
    answers.systems.push_back(std::move(system));
  }
  answers.recording = [](size_t, const std::string&) { return std::string(1000, 'x'); };
  return answers;
}

TEST(Report, FiguresOfAllSystems) {
  const auto answers = answers_of({"male", "word 1"});
  const auto report = report_json(answers);
  EXPECT_EQ(report["format"], "auris-report-1");
  EXPECT_EQ(report["data_set"]["items"], 8);
  ASSERT_EQ(report["systems"].size(), 2u);
  ASSERT_EQ(report["tasks"].size(), 2u);
  EXPECT_EQ(report["tasks"][0]["task"], "speaker_gender");
  EXPECT_EQ(report["tasks"][0]["points"], (nlohmann::ordered_json{50.0, 0.0}));
  EXPECT_EQ(report["tasks"][0]["items"], 4);
  EXPECT_EQ(report["tasks"][0]["low"][1], 0.0);
  EXPECT_LT(report["tasks"][0]["low"][0], 50.0);
  EXPECT_GT(report["tasks"][0]["high"][0], 50.0);
  EXPECT_EQ(report["tasks"][0]["abstention"], (nlohmann::ordered_json{0.0, 1.0}));
  EXPECT_EQ(report["systems"][0]["points"], 25.0);                   // no word is right
  EXPECT_DOUBLE_EQ(report["systems"][1]["points"], (62.5 + 0) / 2);  // 3 of 8 words are wrong
  EXPECT_EQ(report["comparisons"].size(), 1u);
  EXPECT_DOUBLE_EQ(report["comparisons"][0]["overall"]["difference"], 31.25 - 25);
  for (const auto& system : report["systems"]) {
    EXPECT_LE(system["low"], system["points"]);
    EXPECT_GE(system["high"], system["points"]);
    EXPECT_LT(system["low"], system["high"]);
  }
  const std::string markdown = report_markdown(report);
  EXPECT_THAT(markdown, HasSubstr("| 25.0 [0.0, 50.0] |"));
  EXPECT_THAT(markdown, HasSubstr("| 4 | 50.0 [0.0, 100.0] | 0.0 [0.0, 0.0] |"));
  EXPECT_THAT(markdown, HasSubstr("points.\n\nFormula auris-overall-1"));
  EXPECT_THAT(markdown, HasSubstr("auris-overall-interval-1: "));
  EXPECT_EQ(report["configurations"][0]["tasks"].size(), 2u);
}

TEST(Report, ShowsCalibrationAndGrades) {
  AnswersOfSystems answers = answers_of({"male", "word 1"});
  const auto plain = report_json(answers);
  EXPECT_TRUE(plain["systems"][0]["calibration"].is_null());
  EXPECT_TRUE(plain["systems"][0]["judge"].is_null());
  EXPECT_THAT(report_markdown(plain), Not(HasSubstr("## Judge")));
  EXPECT_THAT(report_markdown(plain), Not(HasSubstr("## Calibration")));

  // Two of four are male: 0.75 is right half of the time, an error of a quarter.
  for (AnsweredItem& one : answers.systems[0].items) {
    if (one.item.task == "speaker_gender") one.probabilities = {{"male", 0.75}, {"female", 0.25}};
  }
  answers.systems[1].grades =
      FoundGrades{.answers = 7, .votes = 3, .no_verdict = 2, .fleiss = 0.5, .quadratic = 0.75};
  const auto report = report_json(answers);
  const auto& calibration = report["systems"][0]["calibration"];
  EXPECT_EQ(calibration["items"], 4);
  EXPECT_DOUBLE_EQ(calibration["ece"], 0.25);
  EXPECT_DOUBLE_EQ(calibration["brier"], (2 * 0.0625 + 2 * 0.5625) / 2);
  ASSERT_EQ(calibration["reliability"].size(), 1u);
  EXPECT_DOUBLE_EQ(calibration["reliability"][0]["confidence"], 0.75);
  EXPECT_DOUBLE_EQ(calibration["reliability"][0]["accuracy"], 0.5);
  EXPECT_EQ(report["systems"][1]["judge"]["votes"], 3);
  EXPECT_EQ(report["systems"][1]["judge"]["fleiss_kappa"], 0.5);
  const std::string markdown = report_markdown(report);
  EXPECT_THAT(markdown, HasSubstr("| 7 | 3 | 2 | 0.500 | 0.750 |"));
  EXPECT_THAT(markdown, HasSubstr("| 25.0 ["));
}

TEST(Report, GradesComeFromFilesOfOneJudge) {
  TestFolder folder;
  AnswersOfSystems answers{.data_set = "x",
                           .systems = {{.name = "a", .items = {}}, {.name = "b", .items = {}}}};
  for (int i = 0; i < 2; ++i) {
    answers.systems[0].items.push_back(item("dialogue", "Hello.", "Hi."));
    answers.systems[1].items.push_back(item("dialogue", "Hello.", "Go away."));
    for (SystemAnswers& system : answers.systems) system.items.back().item.transcript = std::to_string(i);
  }
  const auto write = [&](const char* name, const nlohmann::ordered_json& settings, size_t system) {
    JudgementStore store(folder / name);
    store.begin(settings);
    for (int i = 0; i < 2; ++i) {
      const AnsweredItem& one = answers.systems[system].items[static_cast<size_t>(i)];
      store.add({.key = judgement_key(settings, one.item, {*one.answer}),
                 .item = one.item.id,
                 .votes = {4, 4, i == 0 ? 4 : 3},
                 .score = 0.75 + 0.25 * i});
    }
  };
  write("one.jsonl", {{"mode", "grade"}, {"votes", 3}}, 0);
  write("second.jsonl", {{"mode", "grade"}, {"votes", 3}}, 1);
  write("other.jsonl", {{"mode", "grade"}, {"votes", 3}, {"judge", "other"}}, 1);
  AnswersOfSystems uneven = answers;
  EXPECT_THROW(add_grades(uneven, {folder / "one.jsonl"}), Error);
  for (AnsweredItem& without : uneven.systems[1].items) without.answer.reset();  // nothing to be graded
  add_grades(uneven, {folder / "one.jsonl"});
  const auto silent = report_json(uneven)["groups"][0]["systems"][1]["score"]["metrics"][0];
  EXPECT_EQ(silent["metric"], "judge");
  EXPECT_EQ(silent["value"], 0);
  add_grades(answers, {folder / "one.jsonl", folder / "second.jsonl"});
  ASSERT_TRUE(answers.systems[0].grades.has_value());
  EXPECT_EQ(answers.systems[0].grades->answers, 2);
  // Pairs of votes that agree: 3 of 3 and 1 of 3. Of all votes five sixths are 5, one sixth is 4.
  const double seen = (1 + 1.0 / 3) / 2, chance = 25.0 / 36 + 1.0 / 36;
  EXPECT_NEAR(answers.systems[0].grades->fleiss, (seen - chance) / (1 - chance), 1e-12);
  EXPECT_EQ(answers.systems[1].grades->answers, 2);
  EXPECT_EQ(answers.systems[0].items[1].judged, 1.0);
  const auto report = report_json(answers);
  EXPECT_EQ(report["groups"][0]["systems"][0]["score"]["metrics"][0]["value"], 0.875);
  EXPECT_THROW(add_grades(answers, {folder / "one.jsonl", folder / "other.jsonl"}), Error);
  EXPECT_THROW(add_grades(answers, {folder / "none.jsonl"}), Error);
}

TEST(Report, AnotherSetOfItemsIsRefused) {
  auto answers = answers_of({"male", "female"});
  answers.systems[1].items.pop_back();
  EXPECT_THROW(report_json(answers), Error);
  EXPECT_THROW(report_json({}), Error);
}

TEST(Report, WhateverIsAnsweredStaysText) {
  const auto answers = answers_of({"male " + kHostile, "female"});
  const auto report = report_json(answers);
  const std::string page = report_page(report, answers);
  EXPECT_THAT(page.substr(0, page.find("<script>")), Not(HasSubstr("<img")));  // behind it our scripts begin
  EXPECT_THAT(page, HasSubstr("\\u003c/script\\u003e\\u003cimg src=x onerror=alert(1)\\u003e\\u2028"));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
  const std::string markdown = report_markdown(report);
  EXPECT_THAT(markdown, HasSubstr("\\</script\\>\\<img src=x"));
  EXPECT_THAT(markdown, Not(HasSubstr("\xff")));
}

TEST(Report, SoundsHaveALimit) {
  const auto answers = answers_of({"male"});
  const auto report = report_json(answers);
  const auto sounds = [&](const ReportOptions& options) {
    const std::string page = report_page(report, answers, options);
    int count = 0;
    for (size_t at = page.find("\"sound\":\"data:"); at != std::string::npos;
         at = page.find("\"sound\":\"data:", at + 1)) {
      ++count;
    }
    EXPECT_THAT(page, HasSubstr("\"sounds\":" + std::to_string(count)));
    return count;
  };
  EXPECT_EQ(sounds({}), 8);
  EXPECT_EQ(sounds({.max_sound_bytes = 3500}), 3);
  EXPECT_EQ(sounds({.max_sound_s = 0.5}), 0);
  EXPECT_EQ(sounds({.max_items = 2}), 2);
}

TEST(Report, EachTurnOfAConversationHasItsSound) {
  auto answers = answers_of({"male"});
  answers.systems[0].items.resize(1);
  data::Item& asked = answers.systems[0].items[0].item;
  asked.history = {{.text = "Hear this:\n<audio>", .duration_s = 2},
                   {.role = data::Role::kAssistant, .text = "A bell."},
                   {.text = "And a written one."},
                   {.role = data::Role::kAssistant, .text = "Yes?"}};
  answers.recording = [](size_t item, const std::string& name) {
    EXPECT_EQ(item, 0u);
    return "sound of " + name;
  };
  const auto report = report_json(answers);
  const std::string first = R"("sound":"data:audio/wav;base64,c291bmQgb2YgMC53YXY=")";  // "sound of 0.wav"
  const std::string last = R"("sound":"data:audio/wav;base64,c291bmQgb2Ygd2F2")";       // "sound of wav"
  const std::string both = report_page(report, answers);
  EXPECT_THAT(both, testing::AllOf(HasSubstr(first), HasSubstr(last), HasSubstr("\"sounds\":2")));
  const std::string short_ones = report_page(report, answers, {.max_sound_s = 1});
  EXPECT_THAT(short_ones, testing::AllOf(Not(HasSubstr(first)), HasSubstr(last), HasSubstr("\"sounds\":1")));
  asked.prompt = "And now?";
  EXPECT_THAT(report_page(report, answers), testing::AllOf(HasSubstr(first), Not(HasSubstr(last))));
}

TEST(Report, FilesAreTheSameEveryTime) {
  TestFolder folder;
  const auto answers = answers_of({"male", "word 2"});
  for (const char* name : {"one", "two"}) write_report(folder / name, answers);
  for (const char* name : {"report.html", "report.md", "report.json"}) {
    const std::string text = folder.read(std::filesystem::path("one") / name);
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(text, folder.read(std::filesystem::path("two") / name));
  }
  EXPECT_EQ(nlohmann::json::parse(folder.read("one/report.json"))["format"], "auris-report-1");
}

}  // namespace
}  // namespace auris::eval
