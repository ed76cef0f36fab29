#include "auris/data/tasks/task.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::data {
namespace {

using testing::HasSubstr;

constexpr const char* kSmall = R"(
id = "mood"
abbreviation = "MD"
title = "Mood"
summary = "Tell the mood."
group = "speaker"
version = 3
text_input = "options"
instructions = ["One?", "Two?", "Three?", "Four?", "Five?", "Six?"]
options = ["Choose: {labels}."]

[[variants]]
id = "any"
answer = "label"
metrics = ["accuracy", "judge"]
labels = ["glad", { name = "sad", aliases = ["unhappy"] }]
)";

std::string with(std::string from, std::string to) {
  std::string text = kSmall;
  text.replace(text.find(from), from.size(), to);
  return text;
}

std::string problem(const std::string& toml) {
  try {
    parse_task(toml, "mood.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput);
    return error.what();
  }
  return "none";
}

TEST(Task, IsWhatTheFileSays) {
  const Task task = parse_task(kSmall, "mood.toml");
  EXPECT_EQ(task.id, "mood");
  EXPECT_EQ(task.group, TaskGroup::kSpeaker);
  EXPECT_EQ(task.version, 3);
  EXPECT_EQ(task.text_input, TextInput::kOptions);
  EXPECT_EQ(task.instructions.size(), 6u);
  const TaskVariant& variant = task.variant("any");
  EXPECT_EQ(variant.answer, AnswerKind::kLabel);
  EXPECT_EQ(variant.metrics, (std::vector<Metric>{Metric::kAccuracy, Metric::kJudge}));
  ASSERT_EQ(variant.labels.size(), 2u);
  EXPECT_EQ(variant.labels[0].name, "glad");
  EXPECT_EQ(variant.labels[1].aliases, (std::vector<std::string>{"unhappy"}));
  EXPECT_THROW(task.variant("other"), Error);
}

TEST(Task, RefusesWhatIsNotWhole) {
  EXPECT_THAT(problem("id ="), HasSubstr("a TOML file"));
  EXPECT_THAT(problem(""), HasSubstr("a text id"));
  EXPECT_THAT(problem(with("\"mood\"", "\"Mood!\"")), HasSubstr("small letters"));
  EXPECT_THAT(problem(with("version = 3", "version = 0")), HasSubstr("version"));
  EXPECT_THAT(problem(with("version = 3", "version = 3\ncolour = \"red\"")), HasSubstr("'colour'"));
  EXPECT_THAT(problem(with("\"speaker\"", "\"voices\"")), HasSubstr("linguistic, semantic"));
  EXPECT_THAT(problem(with(", \"Six?\"", "")), HasSubstr("at least 6"));
  EXPECT_THAT(problem(with("\"Six?\"", "\"one?\"")), HasSubstr("once each"));
  EXPECT_THAT(problem(with("\"Six?\"", "\"Six {labels}?\"")), HasSubstr("placeholders"));
  EXPECT_THAT(problem(with("\"Six?\"", "\" Six?\"")), HasSubstr("blanks"));
  EXPECT_THAT(problem(with("\"Six?\"", "6")), HasSubstr("a text instructions"));
  EXPECT_THAT(problem(with("{labels}.", "labels.")), HasSubstr("{labels} once"));
  EXPECT_THAT(problem(with("{labels}.", "{labels} {labels}.")), HasSubstr("{labels} once"));
  EXPECT_THAT(problem(with("options = [\"Choose: {labels}.\"]", "")), HasSubstr("labels without options"));
  EXPECT_THAT(problem(with("\"label\"", "\"open\"")), HasSubstr("labels only for"));
  EXPECT_THAT(problem(with("\"label\"", "\"number\"")), HasSubstr("labels only for"));
  EXPECT_THAT(problem(with("\"accuracy\", ", "\"luck\", ")), HasSubstr("'luck'"));
  EXPECT_THAT(problem(with("\"glad\", ", "")), HasSubstr("two labels"));
  EXPECT_THAT(problem(with("[\"unhappy\"]", "[\"Glad\"]")), HasSubstr("'Glad'"));
  EXPECT_THAT(problem(std::string(1 << 21, '#')), HasSubstr("1 MiB"));
}

TEST(Tasks, AreFoundByNameAndAbbreviation) {
  EXPECT_EQ(task_named("ASR").id, "speech_recognition");
  EXPECT_EQ(task_named("speech_recognition").abbreviation, "ASR");
  try {
    task_named("speech_recogniton");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("speech_recognition"));
  }
}

TEST(Tasks, AreDistinct) {
  std::set<std::string> names;
  for (const Task& task : all_tasks()) {
    EXPECT_TRUE(names.insert(task.id).second) << task.id;
    EXPECT_TRUE(names.insert(task.abbreviation).second) << task.abbreviation;
  }
}

TEST(Tasks, NamesGoBothWays) {
  for (auto configuration : {Configuration::kTextAudio, Configuration::kAudioText, Configuration::kAudio}) {
    EXPECT_EQ(configuration_named(name_of(configuration)), configuration);
  }
  EXPECT_THROW(configuration_named("video"), Error);
  EXPECT_TRUE(is_error(Metric::kWordErrorRate));
  EXPECT_FALSE(is_error(Metric::kAccuracy));
}

}  // namespace
}  // namespace auris::data
