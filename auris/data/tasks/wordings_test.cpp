#include "auris/data/tasks/wordings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::data {
namespace {

using testing::HasSubstr;

TEST(Wordings, SixLanguagesWordEveryTask) {
  std::vector<std::string> languages;
  for (const Wordings& wordings : all_wordings()) {
    languages.push_back(wordings.language);
    EXPECT_EQ(wordings.tasks.size(), all_tasks().size()) << wordings.language;
  }
  EXPECT_THAT(languages, testing::ElementsAre("de", "en", "es", "fr", "it", "ru"));
  EXPECT_EQ(wordings_in("en").tasks.at("age").instructions, task_named("age").instructions);
  EXPECT_THAT(wordings_in("fr").tasks.at("age").instructions,
              testing::Contains("Estime l'âge de cette voix."));
  EXPECT_EQ(find_wordings("eo"), nullptr);
  EXPECT_THROW(wordings_in("eo"), Error);
}

TEST(Wordings, AreSentences) {
  for (const Wordings& wordings : all_wordings()) {
    for (const auto& [task, wording] : wordings.tasks) {
      for (const std::string& text : wording.instructions)
        EXPECT_TRUE(text.ends_with('.') || text.ends_with('?')) << text;
      for (const std::string& text : wording.options) EXPECT_TRUE(text.ends_with('.')) << text;
    }
    for (const std::string& text : wordings.carriers) EXPECT_TRUE(text.ends_with('.')) << text;
  }
}

const std::string kCarriers = "carriers = ['A.', 'B.', 'C.']\n";

std::string problem(const std::string& toml) {
  const std::vector<Task> tasks{task_named("age"), task_named("summarization")};
  try {
    parse_wordings(toml, "xx.toml", tasks);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput);
    return error.what();
  }
  return "none";
}

TEST(Wordings, WhatIsNoFileOfThemIsRefused) {
  const std::string head = "language = 'xx'\n" + kCarriers;
  const std::string age = "[age]\ninstructions = ['A?', 'B?', 'C?']\noptions = ['One of {labels}.']\n";
  const std::string sum = "[summarization]\ninstructions = ['A?', 'B?', 'C?']\n";
  EXPECT_EQ(problem(head + age + sum), "none");
  EXPECT_EQ(problem("language = 'en'\n" + kCarriers), "none");
  EXPECT_THAT(problem("language = 'en'\n" + kCarriers + sum), HasSubstr("English"));
  EXPECT_THAT(problem(head + age), HasSubstr("summarization"));
  EXPECT_THAT(problem(head + age + sum + "options = ['One of {labels}.']\n"),
              HasSubstr("options without labels"));
  EXPECT_THAT(problem(head + age + "[sleep]\n"), HasSubstr("sleep"));
  EXPECT_THAT(problem(head + "age = 3\n"), HasSubstr("age"));
  EXPECT_THAT(problem(head + age + "[summarization]\ninstructions = ['A?', 'B?']\n"),
              HasSubstr("at least 3"));
  EXPECT_THAT(problem(head + age + "[summarization]\ninstructions = ['A?', 'B?', 'C {x}']\n"),
              HasSubstr("placeholders"));
  EXPECT_THAT(problem(head + age + sum + "more = 1\n"), HasSubstr("more"));
  EXPECT_THAT(problem(kCarriers + age + sum), HasSubstr("language"));
  EXPECT_THAT(problem("language = 'xx'\ncarriers = ['A.']\n" + age + sum), HasSubstr("at least 3"));
}

}  // namespace
}  // namespace auris::data
