#include "auris/data/tasks/wordings.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

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
  EXPECT_THAT(problem(std::string(1 << 21, '#')), HasSubstr("at most 1048576 bytes"));
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

// Small letters and digits, other characters as blanks; bytes beyond ASCII stay.
std::vector<std::string> plain_words(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    c = byte >= 0x80 || std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : ' ';
  }
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool holds(const std::string& text, const std::string& label) {
  const auto words = plain_words(text), wanted = plain_words(label);
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

// "instruction: label" for every instruction, in any language, that names one of the task's labels.
std::vector<std::string> given_away(const Task& task) {
  std::vector<std::string> found;
  for (const Wordings& wordings : all_wordings()) {
    for (const std::string& instruction : wordings.tasks.at(task.id).instructions) {
      for (const TaskVariant& variant : task.variants) {
        for (const Label& label : variant.labels) {
          if (holds(instruction, label.name)) found.push_back(instruction + ": " + label.name);
        }
      }
    }
  }
  return found;
}

TEST(Tasks, AreTwentyOfLlasoAndEightMore) {
  std::set<std::string> found;
  for (const Task& task : all_tasks()) found.insert(task.abbreviation);
  EXPECT_EQ(found,
            (std::set<std::string>{"ASR",  "PR",   "AQA", "SCR", "IP",  "EE",  "SGC", "AC",  "AR",  "EIE",
                                   "ER",   "SSD",  "SV",  "PP",  "VC",  "VSC", "IC",  "ISC", "ASV", "ST",
                                   "PSWL", "PSSL", "LID", "AAC", "SET", "SUM", "DLG", "SPR"}));
}

TEST(Tasks, AreAskedInManyWays) {
  for (const Task& task : all_tasks()) {
    EXPECT_THAT(task.instructions.size(), testing::AllOf(testing::Ge(14u), testing::Le(20u))) << task.id;
    if (!task.options.empty()) {
      EXPECT_GE(task.options.size(), 4u) << task.id;
    }
    for (const std::string& instruction : task.instructions) {
      EXPECT_TRUE(std::isupper(static_cast<unsigned char>(instruction.front()))) << instruction;
      EXPECT_TRUE(instruction.back() == '.' || instruction.back() == '?') << instruction;
    }
  }
}

TEST(Tasks, AreAskedWithoutNamingAnAnswer) {
  EXPECT_TRUE(holds("Is it Throat-Clearing?", "throat clearing"));
  EXPECT_FALSE(holds("A surreal voice.", "real"));
  EXPECT_FALSE(holds("Clear your throat.", "throat clearing"));
  // Both answers are part of a natural question here.
  EXPECT_THAT(given_away(task_named("SGC")), testing::Contains(HasSubstr("female or male")));
  for (const Task& task : all_tasks()) {
    if (task.id != "speaker_gender") {
      EXPECT_THAT(given_away(task), testing::IsEmpty()) << task.id;
    }
  }
}

TEST(Tasks, HaveTheLabelsOfTheirSources) {
  const std::map<std::string, size_t> counts{
      {"AC accentdb", 9},  {"AC common_voice", 18}, {"AC vctk", 11},
      {"AC espeak", 8},    {"AR common_voice", 9},  {"AR vctk", 4},
      {"EIE crema_d", 4},  {"EIE meld", 3},         {"ER crema_d", 6},
      {"ER meld", 7},      {"IC nsynth", 11},       {"IC hydrogen", 6},
      {"IP slurp", 60},    {"ISC nsynth", 3},       {"LID asterisk", 5},
      {"LID fleurs", 102}, {"LID tuxpaint", 11},    {"SCR speech_commands", 35},
      {"SET esc50", 50},   {"SGC any", 2},          {"SPR any", 3},
      {"SSD any", 2},      {"SSD fake_or_real", 2}, {"ASV voxceleb", 2},
      {"SV meld", 6},      {"VC nsynth", 5},        {"VSC vocalsound", 6}};
  std::map<std::string, size_t> found;
  for (const Task& task : all_tasks()) {
    for (const TaskVariant& variant : task.variants) {
      if (!variant.labels.empty()) found[task.abbreviation + " " + variant.id] = variant.labels.size();
    }
  }
  EXPECT_EQ(found, counts);
}

TEST(Tasks, KeepLabelsApartWithoutPunctuation) {
  for (const Task& task : all_tasks()) {
    for (const TaskVariant& variant : task.variants) {
      std::map<std::vector<std::string>, std::string> owners;
      for (const Label& label : variant.labels) {
        std::vector<std::string> texts = label.aliases;
        texts.push_back(label.name);
        for (const std::string& text : texts) {
          const std::string& owner = owners.try_emplace(plain_words(text), label.name).first->second;
          EXPECT_EQ(owner, label.name) << task.id << ", " << variant.id << ": " << text;
        }
      }
    }
  }
}

TEST(Tasks, RangesAreThoseOfTheirSources) {
  EXPECT_EQ(task_named("AR").variant("vocalsound").minimum, 18);
  EXPECT_EQ(task_named("AR").variant("vocalsound").maximum, 80);
  EXPECT_EQ(task_named("PP").variant("nsynth").minimum, 0);
  EXPECT_EQ(task_named("PP").variant("nsynth").maximum, 127);
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
