// The fixture has the layout of LLaSO's released results, with texts of our own: system Alpha as lists, Beta
// as lines with what can spoil them. tools/measure/llaso_figures.py checks the release itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/eval/import/llaso_scores.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kRelease = AURIS_SOURCE_DIR "/tests/fixtures/llaso";

LlasoSystem system_named(const std::string& name) { return read_llaso_system(kRelease / "results" / name); }

const LlasoTestScore& test_named(const LlasoSystemScore& system, std::string_view name) {
  for (const LlasoTestScore& test : system.tests) {
    if (test.test->name == name) return test;
  }
  throw std::runtime_error("no such test");
}

double first_metric(const LlasoSystemScore& system, std::string_view name) {
  return test_named(system, name).score->metrics.at(0).value;
}

TEST(LlasoImport, KnowsTheTests) {
  EXPECT_EQ(llaso_tests().size(), 44u);
  int counts = 0;
  for (const LlasoTest& test : llaso_tests()) {
    EXPECT_NO_THROW(data::task_named(test.task).variant(test.variant)) << test.name;
    counts += test.counts_abstention ? 1 : 0;
  }
  EXPECT_EQ(counts, 19);
  EXPECT_EQ(llaso_test_of("a/dolly_instruction_0_test.jsonl")->configuration,
            data::Configuration::kAudioText);
  EXPECT_EQ(llaso_test_of("dolly_test.json"), nullptr);
}

TEST(LlasoImport, ReadsSystems) {
  const std::vector<fs::path> folders = llaso_system_folders(kRelease);
  ASSERT_EQ(folders.size(), 2u);
  EXPECT_EQ(folders[0].filename(), "Alpha");
  EXPECT_EQ(llaso_system_folders(kRelease / "results"), folders);
  EXPECT_EQ(llaso_system_folders(folders[1]), std::vector<fs::path>{folders[1]});
  EXPECT_THROW(llaso_system_folders(kRelease / "results/Alpha/gpt_result/none"), Error);
  TestFolder empty;
  EXPECT_THROW(llaso_system_folders(empty.path()), Error);
  const LlasoSystem alpha = system_named("Alpha");
  ASSERT_EQ(alpha.answers.size(), 4u);
  const AnsweredItem& item = alpha.answers[0].items.at(2);
  EXPECT_EQ(item.item.answer, "She counted seven grey geese");
  EXPECT_EQ(item.answer, "She counted eleven grey geese");
  EXPECT_EQ(item.item.speaker, "44");
  EXPECT_EQ(item.item.clip, "mls_test/44_7_002.wav");
  EXPECT_EQ(item.item.source, "mls_test");
  EXPECT_EQ(item.item.id, "ASR_test.json:40");
  EXPECT_EQ(alpha.answers[1].items.at(0).item.speaker, "reed_acoustic_000");
  EXPECT_EQ(alpha.answers[2].items.at(1).item.speaker, "p801");
  EXPECT_EQ(system_named("Beta").answers[0].items.at(0).answer,
            "Two boats\u2028lay in the harbour, he said.");
  EXPECT_THAT(system_named("Beta").other_files, ElementsAre("notes.json"));
}

TEST(LlasoImport, RejectsByLine) {
  const LlasoAnswers pitch = system_named("Beta").answers.at(1);
  std::vector<std::string> rejected;
  for (const data::Rejection& rejection : pitch.rejected) {
    rejected.push_back(rejection.what + ": " + rejection.reason);
  }
  EXPECT_THAT(rejected, ElementsAre("line 2: no_json", "line 3: no_json", "line 5: no_conversation",
                                    "line 6: no_conversation", "line 8: audio_marks", "line 9: audio_marks",
                                    "line 10: empty_reference", "line 11: no_audio", "line 12: no_answer",
                                    "line 13: no_conversation", "line 14: no_conversation"));
  EXPECT_EQ(pitch.items.size(), 2u);
  EXPECT_EQ(pitch.records, 13);
  const LlasoFile cut = parse_llaso_file("[{\"voice\": \"a.wav\", \"answer\"");
  ASSERT_EQ(cut.rejected.size(), 2u);
  EXPECT_EQ(cut.rejected[1].reason, "open_list");
  EXPECT_EQ(cut.records, 2);
  EXPECT_EQ(parse_llaso_file("[]\nx").rejected.at(0).reason, "text_behind_list");
  EXPECT_EQ(parse_llaso_file("").records, 0);
}

TEST(LlasoImport, ReferencesMustBeKnown) {
  LlasoSystem beta = system_named("Beta");
  reject_unknown_references(beta);
  EXPECT_TRUE(beta.answers.at(2).rejected.empty());
  beta.answers.at(2).items.at(1).item.answer = "Robot.";
  beta.answers.at(1).items.at(0).item.answer = "128";
  reject_unknown_references(beta);
  ASSERT_EQ(beta.answers[2].rejected.size(), 1u);
  EXPECT_EQ(beta.answers[2].rejected[0].what, "line 2");
  EXPECT_EQ(beta.answers[2].rejected[0].reason, "unknown_label");
  EXPECT_THAT(beta.answers[2].rejected[0].detail, HasSubstr("Robot."));
  EXPECT_EQ(beta.answers[1].rejected.back().reason, "no_number");
  for (const LlasoAnswers& answers : beta.answers) {
    EXPECT_EQ(std::ssize(answers.items) + std::ssize(answers.rejected), answers.records);
  }
}

TEST(LlasoImport, Judgements) {
  const LlasoSystemScore alpha = score_llaso_system(system_named("Alpha"));
  const LlasoTestScore& judged = test_named(alpha, "dolly_input_1");
  EXPECT_DOUBLE_EQ(*judged.judge, 4.5);
  EXPECT_EQ(judged.judged_records, 3);
  EXPECT_EQ(judged.judged, 2);
  EXPECT_FALSE(judged.score.has_value());
  const auto reason = [](const char* line) { return parse_llaso_judgements(line).rejected.at(0).reason; };
  EXPECT_EQ(reason(R"({"evaluation": "Score: 6"})"), "no_score");
  EXPECT_EQ(reason(R"({"evaluation": 5})"), "no_evaluation");
  EXPECT_EQ(reason("nothing"), "no_json");
}

// By hand.
TEST(LlasoImport, ScoresInBothModes) {
  const LlasoSystem alpha = system_named("Alpha"), beta = system_named("Beta");
  const ScoreOptions llaso{.mode = ScoreMode::kLlaso};
  const LlasoSystemScore alpha_llaso = score_llaso_system(alpha, llaso),
                         alpha_right = score_llaso_system(alpha);
  const LlasoSystemScore beta_llaso = score_llaso_system(beta, llaso), beta_right = score_llaso_system(beta);
  EXPECT_DOUBLE_EQ(first_metric(alpha_llaso, "ASR"), 1.0 / 15);
  EXPECT_DOUBLE_EQ(first_metric(alpha_right, "ASR"), 1.0 / 15);
  // Answers of 7, 4 and 3 words; a separator of lines is no blank; comma, point and quotes are letters.
  EXPECT_DOUBLE_EQ(first_metric(beta_llaso, "ASR"), (5 + 2 + 2) / 14.0);
  EXPECT_DOUBLE_EQ(first_metric(beta_right, "ASR"), (2 + 0 + 2) / 15.0);
  EXPECT_DOUBLE_EQ(test_named(beta_right, "ASR").score->details.at("wer_plain"), 4.0 / 15);
  EXPECT_EQ(test_named(beta_llaso, "ASR").score->details.count("wer_plain"), 0u);
  // "female" has "male" in it: only the man is right.
  EXPECT_DOUBLE_EQ(first_metric(beta_llaso, "vctk_gender_classification"), 0.25);
  EXPECT_DOUBLE_EQ(first_metric(beta_right, "vctk_gender_classification"), 0.5);
  EXPECT_DOUBLE_EQ(*beta_llaso.abstention, 0.5);
  EXPECT_EQ(beta_llaso.abstention_tests, 1);
  EXPECT_DOUBLE_EQ(*alpha_llaso.abstention, 0);
  EXPECT_EQ(alpha_llaso.abstention_tests, 2);
  EXPECT_DOUBLE_EQ(first_metric(alpha_right, "vctk_accent_classification"), 2.0 / 3);
  // "no number" is left out by the script, and costs the most it could by ours: 72 of 0 to 127.
  EXPECT_DOUBLE_EQ(first_metric(beta_llaso, "NSynth_pitch_recognition"), 1);
  EXPECT_DOUBLE_EQ(first_metric(beta_right, "NSynth_pitch_recognition"), (1 + 72) / 2.0);
  EXPECT_EQ(test_named(beta_right, "NSynth_pitch_recognition").rejected, 11);
}

TEST(LlasoImport, WritesTableAndJson) {
  const std::vector<LlasoSystemScore> scores = {score_llaso_system(system_named("Alpha")),
                                                score_llaso_system(system_named("Beta"))};
  const std::string table = to_markdown(scores);
  EXPECT_THAT(table, HasSubstr("| test | metric | Alpha | Beta |\n|---|---|--:|--:|\n| ASR | wer | 6.67 |"));
  EXPECT_THAT(table, HasSubstr("| dolly_input_1 | judge | 4.50 | - |"));
  EXPECT_THAT(table, HasSubstr("| SGC (1) | accuracy | 75.00 | 50.00 |"));
  const auto json = to_json(scores[1]);
  EXPECT_EQ(json["system"], "Beta");
  EXPECT_EQ(json["tests"][1]["test"], "NSynth_pitch_recognition");
  EXPECT_EQ(json["tests"][1]["records"], 13);
  EXPECT_EQ(json["tests"][1]["score"]["items"], 2);
}

}  // namespace
}  // namespace auris::eval
