#include "auris/eval/score/scorer.h"

#include <cmath>

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

using data::Configuration;

AnsweredItem answered(const std::string& task, const std::string& variant, const std::string& truth,
                      std::optional<std::string> answer, const std::string& speaker = "") {
  AnsweredItem result;
  result.item.task = task;
  result.item.variant = variant;
  result.item.answer = truth;
  result.item.speaker = speaker;
  result.item.language = "en";
  result.answer = std::move(answer);
  return result;
}

const GroupScore& only(const std::vector<GroupScore>& scores) {
  EXPECT_EQ(scores.size(), 1u);
  return scores.front();
}

TEST(Scorer, LabelsWithAbstentionsAndMissingAnswers) {
  const auto gender = [](const char* truth, std::optional<std::string> answer) {
    return answered("speaker_gender", "any", truth, std::move(answer));
  };
  const auto scores = score({gender("female", "The speaker is female."), gender("male", "A woman."),
                             gender("male", "It is a man, not a woman."), gender("female", std::nullopt),
                             gender("male", "male")});
  const GroupScore& group = only(scores);
  EXPECT_EQ(group.items, 5);
  EXPECT_EQ(group.missing, 1);
  EXPECT_EQ(group.empty, 0);
  ASSERT_EQ(group.metrics[0].metric, "accuracy");
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 0.4);
  EXPECT_EQ(group.metrics[0].blocks, 5);
  EXPECT_LT(group.metrics[0].interval.low, 0.4);
  EXPECT_GT(group.metrics[0].interval.high, 0.4);
  EXPECT_DOUBLE_EQ(group.details.at("abstained"), 0.4);  // both named, nothing said
  EXPECT_DOUBLE_EQ(group.details.at("macro_accuracy"), (0.5 + 1.0 / 3) / 2);
}

// By hand, as in metrics/calibration_test.cpp: right at 0.9 and wrong at 0.6.
TEST(Scorer, ProbabilitiesAreCalibratedWhereTheyAreKnown) {
  std::vector<AnsweredItem> items = {answered("speaker_gender", "any", "female", "female"),
                                     answered("speaker_gender", "any", "female", "male"),
                                     answered("speaker_gender", "any", "male", "male")};
  EXPECT_TRUE(only(score(items)).calibration.empty());
  items[0].probabilities = {{"female", 0.9}, {"male", 0.1}};
  items[1].probabilities = {{"female", 0.4}, {"male", 0.6}};
  const GroupScore group = only(score(items));
  ASSERT_EQ(group.calibration.size(), 2u);
  EXPECT_EQ(group.calibration[0].metric, "ece");
  EXPECT_NEAR(group.calibration[0].value, (0.1 + 0.6) / 2, 1e-12);
  EXPECT_EQ(group.calibration[1].metric, "brier");
  EXPECT_NEAR(group.calibration[1].value, (0.02 + 0.72) / 2, 1e-12);
  EXPECT_EQ(to_json(group)["calibration"][0]["metric"], "ece");
  EXPECT_FALSE(to_json(only(score({items[2]}))).contains("calibration"));
}

TEST(Scorer, TheJudgeCountsWhereItJudged) {
  std::vector<AnsweredItem> items;
  for (const char* said : {"good", "bad", "not judged"}) {
    items.push_back(answered("dialogue", data::task_named("dialogue").variants.front().id, "x", said));
  }
  items.push_back(answered("dialogue", items[0].item.variant, "x", std::nullopt));
  EXPECT_TRUE(only(score(items)).metrics.empty());
  items[0].judged = 1.0;
  items[1].judged = 0.25;
  const GroupScore group = only(score(items));
  ASSERT_EQ(group.metrics.size(), 1u);
  EXPECT_EQ(group.metrics[0].metric, "judge");
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 1.25 / 3);  // what is missing is worth nothing
  EXPECT_DOUBLE_EQ(group.details.at("judged"), 0.5);
}

TEST(Scorer, WordsAreNormalisedAndSummed) {
  const auto words = [](const char* truth, std::optional<std::string> answer) {
    return answered("speech_recognition", "any", truth, std::move(answer));
  };
  const auto scores = score({words("Doctor Smith can't come.", "dr. smith can not come"),
                             words("yes", std::nullopt), words("no", "")});
  const GroupScore& group = only(scores);
  ASSERT_EQ(group.metrics[0].metric, "wer");
  ASSERT_EQ(group.metrics[1].metric, "cer");
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 2.0 / 7);  // doctor smith can not come, yes, no
  EXPECT_EQ(group.missing, 1);
  EXPECT_EQ(group.empty, 1);
  EXPECT_DOUBLE_EQ(group.details.at("deletions"), 2.0 / 7);
}

// Known answer: 1 substitution, 1 insertion and 2 deletions over 10 words.
TEST(Scorer, WordErrorRateIsKnown) {
  const auto words = [](const char* truth, const char* answer) {
    return answered("speech_recognition", "any", truth, answer);
  };
  const auto scores = score({words("red green blue black", "red green brown black"),
                             words("cat dog", "cat big dog"), words("sun moon star sky", "sun sky")});
  const GroupScore& group = only(scores);
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 0.4);
  EXPECT_DOUBLE_EQ(group.details.at("substitutions"), 0.1);
  EXPECT_DOUBLE_EQ(group.details.at("insertions"), 0.1);
  EXPECT_DOUBLE_EQ(group.details.at("deletions"), 0.2);
}

TEST(Scorer, NumbersCountTheUnanswered) {
  const auto pitch = [](const char* truth, const char* answer) {
    return answered("pitch_prediction", data::task_named("PP").variants.front().id, truth, answer);
  };
  const auto scores = score({pitch("60", "The pitch is 62."), pitch("27", "I do not know.")});
  const GroupScore& group = only(scores);
  EXPECT_DOUBLE_EQ(group.details.at("coverage"), 0.5);
  EXPECT_DOUBLE_EQ(group.details.at("mae_of_answers"), 2);
  EXPECT_DOUBLE_EQ(group.metrics[0].value, (2 + 100) / 2.0);
}

TEST(Scorer, GroupsAreKeptApart) {
  std::vector<AnsweredItem> items;
  for (auto configuration : {Configuration::kAudio, Configuration::kTextAudio}) {
    items.push_back(answered("speaker_gender", "any", "male", "male"));
    items.back().item.configuration = configuration;
    items.push_back(answered("speech_recognition", "any", "yes", "yes"));
    items.back().item.configuration = configuration;
  }
  const auto scores = score(items);
  ASSERT_EQ(scores.size(), 4u);
  EXPECT_EQ(scores[0].task, "speaker_gender");
  EXPECT_EQ(scores[0].configuration, Configuration::kTextAudio);
  EXPECT_EQ(scores[3].configuration, Configuration::kAudio);
}

TEST(Scorer, SpeakersAreBlocks) {
  std::vector<AnsweredItem> items;
  for (int i = 0; i < 40; ++i) {
    const std::string speaker = i % 2 == 0 ? "anna" : "bert";
    items.push_back(answered("speaker_gender", "any", "male", i % 2 == 0 ? "male" : "female", speaker));
  }
  const MetricValue by_speaker = only(score(items)).metrics[0];
  EXPECT_EQ(by_speaker.blocks, 2);
  EXPECT_EQ(by_speaker.interval.low, 0);
  EXPECT_EQ(by_speaker.interval.high, 1);
  for (AnsweredItem& item : items) item.item.speaker = "anna";
  EXPECT_EQ(only(score(items)).metrics[0].blocks, 40);  // a single block cannot be drawn
  const auto json = to_json(only(score(items)));
  EXPECT_EQ(json["metrics"][0]["metric"], "accuracy");
  EXPECT_EQ(json["configuration"], "text_audio");
}

const Breakdown& breakdown_of(const GroupScore& score, const std::string& by) {
  for (const Breakdown& breakdown : score.breakdowns) {
    if (breakdown.by == by) return breakdown;
  }
  throw std::runtime_error("no breakdown by " + by);
}

// By hand: seven utterances of two words.
TEST(Scorer, ErrorsByWhatIsKnown) {
  std::vector<AnsweredItem> items;
  const auto add = [&](double duration_s, std::optional<double> snr_db, const char* language,
                       const char* speaker, std::optional<std::string> answer) {
    items.push_back(answered("speech_recognition", "any", "red green", std::move(answer), speaker));
    items.back().item.duration_s = duration_s;
    items.back().item.language = language;
    items.back().snr_db = snr_db;
  };
  add(1, 5, "en", "bert", "red blue");
  add(1.9, 5, "en", "anna", "red green");
  add(2, 15, "fr", "anna", "blue blue");
  add(4.9, -3, "fr", "anna", "red green");
  add(45, 40, "", "", std::nullopt);
  add(0, std::nullopt, "", "", "red green");
  add(12, std::nullopt, "en", "bert", "red");
  const std::vector<GroupScore> scores = score(items);
  const GroupScore& group = only(scores);
  using Part = std::tuple<std::string, int64_t, int64_t, double>;
  const auto parts = [&](const std::string& by) {
    std::vector<Part> all;
    for (const BreakdownPart& part : breakdown_of(group, by).parts) {
      all.emplace_back(part.name, part.items, part.missing, part.value);
    }
    return all;
  };
  EXPECT_EQ(parts("duration"), (std::vector<Part>{{"below 2 s", 2, 0, 0.25},
                                                  {"2-5 s", 2, 0, 0.5},
                                                  {"10-20 s", 1, 0, 0.5},
                                                  {"30 s and more", 1, 1, 1},
                                                  {"unknown", 1, 0, 0}}));
  EXPECT_EQ(parts("snr"), (std::vector<Part>{{"below 0 dB", 1, 0, 0},
                                             {"0-10 dB", 2, 0, 0.25},
                                             {"10-20 dB", 1, 0, 1},
                                             {"30 dB and more", 1, 1, 1},
                                             {"unknown", 2, 0, 0.25}}));
  EXPECT_EQ(parts("language"),
            (std::vector<Part>{{"en", 3, 0, 1.0 / 3}, {"fr", 2, 0, 0.5}, {"unknown", 2, 1, 0.5}}));
  EXPECT_EQ(parts("speaker"),
            (std::vector<Part>{{"anna", 3, 0, 1.0 / 3}, {"bert", 2, 0, 0.5}, {"unknown", 2, 1, 0.5}}));
  EXPECT_THROW(breakdown_of(group, "source"), std::runtime_error);  // none is known
  EXPECT_EQ(to_json(group)["breakdowns"][0]["parts"][0]["name"], "below 2 s");
  for (const Breakdown& breakdown : group.breakdowns) {
    int64_t all = 0;
    for (const BreakdownPart& part : breakdown.parts) all += part.items;
    EXPECT_EQ(all, group.items) << breakdown.by;
    EXPECT_EQ(breakdown.metric, "wer");
  }
}

TEST(Scorer, LlasoModeKeepsItsDefects) {
  const ScoreOptions llaso{.mode = ScoreMode::kLlaso};
  // "female" has "male" as a part; abstention looks at words.
  const auto gender = [](const char* truth, const char* answer) {
    return answered("speaker_gender", "any", truth, answer);
  };
  const auto labels =
      score({gender("Female.", "The speaker is female."), gender("Male.", "male"), gender("Male.", "a man")},
            llaso);
  EXPECT_DOUBLE_EQ(only(labels).metrics[0].value, 1.0 / 3);
  EXPECT_DOUBLE_EQ(only(labels).details.at("abstained"), 1.0 / 3);
  EXPECT_EQ(only(labels).details.count("macro_accuracy"), 0u);
  // The answer is taken for the reference: four words; case and points count.
  const auto words =
      score({answered("speech_recognition", "any", "Red green", "red green blue black")}, llaso);
  EXPECT_DOUBLE_EQ(only(words).metrics[0].value, 0.75);
  // What cannot be read costs nothing.
  const std::string pitch = data::task_named("PP").variants.front().id;
  const auto numbers = score({answered("pitch_prediction", pitch, "60", "62"),
                              answered("pitch_prediction", pitch, "27", "I do not know.")},
                             llaso);
  EXPECT_DOUBLE_EQ(only(numbers).metrics[0].value, 2);
  EXPECT_DOUBLE_EQ(only(numbers).details.at("coverage"), 0.5);
  const auto phones = score({answered("phoneme_recognition", "any", "add", "fgc")}, llaso);
  EXPECT_DOUBLE_EQ(only(phones).metrics[0].value, 1);
  // Slots have no script.
  const auto slots = score(
      {answered("entity_extraction", "slurp", "wake me [time : nine]", "wake me [time : nine]")}, llaso);
  EXPECT_TRUE(only(slots).metrics.empty());
  EXPECT_EQ(score_mode_named("llaso"), ScoreMode::kLlaso);
  EXPECT_THROW(score_mode_named("right"), Error);
}

}  // namespace
}  // namespace auris::eval
