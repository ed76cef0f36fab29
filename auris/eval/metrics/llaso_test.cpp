// Hand-computed cases, and what a restatement of the scripts' rules in Python makes of others:
// tools/reference/dump_llaso_metrics.py.
#include "auris/eval/metrics/llaso.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using nlohmann::json;
using Items = std::vector<LlasoItem>;

const json& golden() {
  static const json file = [] {
    std::ifstream stream(AURIS_SOURCE_DIR "/tests/golden/metrics/llaso.json");
    return json::parse(stream);
  }();
  return file;
}

Items items_of(const json& set) {
  Items items;
  const json& answers = set["answers"];
  for (size_t i = 0; i < answers.size(); ++i) {
    items.push_back(
        {set["truths"][i].get_ref<const std::string&>(), answers[i].get_ref<const std::string&>()});
  }
  return items;
}

LlasoLabels labels_of(const Items& items) {
  std::vector<std::string_view> truths;
  for (const LlasoItem& item : items) truths.push_back(item.truth);
  return LlasoLabels(truths);
}

void expect_near(std::optional<double> value, const json& wanted, const std::string& what) {
  ASSERT_EQ(value.has_value(), !wanted.is_null()) << what;
  if (value) {
    EXPECT_NEAR(*value, wanted.get<double>(), 1e-12 * std::max(1.0, std::abs(*value))) << what;
  }
}

TEST(Llaso, FemaleHasMale) {
  const std::vector<std::string_view> truths = {"Female", "Male"};
  const LlasoLabels labels(truths);
  EXPECT_TRUE(labels.correct("Female", "female."));
  EXPECT_FALSE(labels.correct("Female", "The speaker is female."));  // has "male" too
  EXPECT_TRUE(labels.correct("Male", "The speaker is male."));
  EXPECT_FALSE(labels.correct("Male", "The speaker is female."));
  EXPECT_FALSE(labels.abstains("The speaker is female."));
  EXPECT_TRUE(labels.abstains("male or female"));
  EXPECT_TRUE(labels.abstains("no idea"));
}

TEST(Llaso, NorthernIrishHasIrishAndSouthAfricanIsUnknown) {
  const std::vector<std::string_view> truths = {"Irish.", "Northern Irish.", "South Africa."};
  const LlasoLabels labels(truths);
  EXPECT_TRUE(labels.abstains("Northern Irish."));
  EXPECT_TRUE(labels.correct("Northern Irish.", "northern irish"));
  EXPECT_FALSE(labels.correct("Northern Irish.", "It is Northern Irish."));
  EXPECT_TRUE(labels.abstains("South African"));
  EXPECT_TRUE(labels.correct("South Africa.", "South African"));  // by substring
  const Items items = {{"Irish.", "Irish."}, {"Northern Irish.", "Northern Irish."}};
  const LlasoLabelSums sums = llaso_label_sums(items);
  EXPECT_EQ(sums.items, 2);
  EXPECT_EQ(sums.correct, 2);
  EXPECT_EQ(sums.abstained, 1);
}

TEST(Llaso, ErrorRatesDivideByTheAnswer) {
  const Items items = {{"Hello, world.", "hello world again and again"}};
  const ErrorRateSums words = llaso_error_rate(items, ErrorUnit::kWord);
  EXPECT_EQ(words.edits, (EditCounts{.hits = 0, .substitutions = 2, .deletions = 3, .insertions = 0}));
  EXPECT_DOUBLE_EQ(*words.rate(), 1);
  const Items lines = {{"a b", "a\nb"}};  // one word in two lines
  EXPECT_DOUBLE_EQ(*llaso_error_rate(lines, ErrorUnit::kWord).rate(), 2);
  EXPECT_THROW(llaso_error_rate(items, ErrorUnit::kPhone), Error);
}

TEST(Llaso, PhonesAreLetters) {
  const Items items = {{"ɪn vɛɹi", "n vi"}, {"add", "fgc"}, {"ɹɪ", ""}};
  // N V I beside N V I; A A A beside C C C; the last one falls away.
  EXPECT_DOUBLE_EQ(*llaso_phone_error_rate(items), 0.5);
  EXPECT_EQ(llaso_phone_error_rate(Items{{"a", "a"}, {"b", ""}}), std::nullopt);
  EXPECT_EQ(llaso_phone_error_rate({}), std::nullopt);
}

TEST(Llaso, NumbersByHand) {
  EXPECT_EQ(llaso_age("20-25"), 22);  // 22.5 to even
  EXPECT_EQ(llaso_age("an adult"), 22);
  EXPECT_EQ(llaso_age("twenty"), std::nullopt);
  EXPECT_EQ(llaso_pitch("60.5"), 60);
  const Items items = {{"60", "62"}, {"60", "440"}, {"60", "C"}};
  const LlasoNumberSums sums = llaso_pitch_sums(items);
  EXPECT_EQ(sums.read, 1);
  EXPECT_DOUBLE_EQ(*sums.mean_absolute_error(), 2);
  EXPECT_DOUBLE_EQ(*sums.coverage(), 1.0 / 3);
}

TEST(Llaso, LabelsEqualTheRules) {
  for (const json& set : golden()["labels"]) {
    const Items items = items_of(set);
    const LlasoLabels labels = labels_of(items);
    ASSERT_GT(items.size(), 100u);
    for (size_t i = 0; i < items.size(); ++i) {
      EXPECT_EQ(labels.correct(items[i].truth, items[i].answer), set["correct"][i].get<bool>())
          << items[i].truth << " | " << items[i].answer;
      EXPECT_EQ(labels.abstains(items[i].answer), set["abstains"][i].get<bool>()) << items[i].answer;
    }
  }
}

TEST(Llaso, NumbersEqualTheRules) {
  for (const json& number : golden()["numbers"]) {
    const std::string text = number["text"];
    expect_near(llaso_age(text), number["age"], "age " + text);
    expect_near(llaso_pitch(text), number["pitch"], "pitch " + text);
  }
  for (const json& set : golden()["number_sets"]) {
    const Items items = items_of(set);
    const LlasoNumberSums ages = llaso_age_sums(items), pitches = llaso_pitch_sums(items);
    EXPECT_EQ(ages.read, set["age"]["read"].get<int64_t>());
    EXPECT_EQ(pitches.read, set["pitch"]["read"].get<int64_t>());
    expect_near(ages.mean_absolute_error(), set["age"]["mae"], "age");
    expect_near(pitches.mean_absolute_error(), set["pitch"]["mae"], "pitch");
  }
}

TEST(Llaso, SentenceScoresEqualTheRules) {
  size_t found = 0;
  Items items;
  for (const json& sentence : golden()["sentences"]) {
    const std::string& text = sentence["text"].get_ref<const std::string&>();
    const std::optional<LlasoSentenceScores> scores = llaso_sentence_scores(text);
    ASSERT_EQ(scores.has_value(), !sentence["scores"].is_null()) << text;
    if (!scores) continue;
    EXPECT_EQ(*scores, sentence["scores"].get<LlasoSentenceScores>()) << text;
    items.push_back({text, text});
    ++found;
  }
  EXPECT_GT(found, 20u);
  const LlasoSentenceSums sums = llaso_sentence_sums(items);
  EXPECT_EQ(sums.read, std::ssize(items));
  EXPECT_EQ(sums.exact[1], std::ssize(items));
}

TEST(Llaso, RatesEqualTheRules) {
  for (const json& set : golden()["rates"]) {
    const Items items = items_of(set);
    expect_near(llaso_error_rate(items, ErrorUnit::kWord).rate(), set["wer"], set.dump());
    expect_near(llaso_error_rate(items, ErrorUnit::kCharacter).rate(), set["cer"], set.dump());
  }
  for (const json& set : golden()["phones"]) {
    expect_near(llaso_phone_error_rate(items_of(set)), set["per"], set.dump());
  }
}

TEST(Llaso, HostileAnswers) {
  const auto repeated = [](std::string_view part) {
    std::string text;
    while (text.size() < 300'000) text += part;
    return text;
  };
  for (std::string_view part : {"accuracy", "accuracy is", "9 for ", "9 ", "is ", "accuracy is\n", "\xFF",
                                "[", "1-", "_", "۹", " ", "Σ.", "ı"}) {
    const std::string text = repeated(part);
    llaso_sentence_scores(text);
    llaso_age(text);
    llaso_pitch(text);
    const std::string zeros(100, '\0');
    const Items items = {{"a", text}, {"i", zeros}};
    llaso_label_sums(items);
    llaso_error_rate(items, ErrorUnit::kWord);
    llaso_phone_error_rate(items);
  }
}

}  // namespace
}  // namespace auris::eval
