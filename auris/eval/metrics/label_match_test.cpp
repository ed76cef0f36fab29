// Hand-computed cases; the sentences about defects of the released LLaSO scripts are also scored in
// llaso_test.cpp, which expects their scores.
#include "auris/eval/metrics/label_match.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

using Labels = std::vector<data::Label>;

const Labels kGenders = {{"female", {"woman", "lady"}}, {"male", {"man", "gentleman"}}};
const Labels kAccents = {{"Irish", {"Ireland"}},
                         {"Northern Irish", {}},
                         {"South African", {"South Africa"}},
                         {"African", {}},
                         {"English", {"British English"}}};

std::optional<size_t> match(const Labels& labels, std::string_view answer) {
  return LabelMatcher(labels).match(answer);
}

TEST(LabelMatch, OneLabelIsNamed) {
  EXPECT_EQ(match(kGenders, "female"), 0u);
  EXPECT_EQ(match(kGenders, "The speaker is MALE."), 1u);
  EXPECT_EQ(match(kGenders, "A woman; I am sure she is female"), 0u);
  EXPECT_EQ(match(kGenders, "This is a man's voice"), 1u);
  EXPECT_EQ(match(kGenders, "\"Male\""), 1u);
  EXPECT_EQ(match(kGenders, "_male_"), 1u);
  EXPECT_EQ(match(kGenders, "ｆｅｍａｌｅ"), 0u);  // full-width letters
  EXPECT_EQ(match(kGenders, "fe\u00ADmale"), 0u);  // soft hyphen
}

TEST(LabelMatch, AbstainsOnNoneOrSeveral) {
  EXPECT_EQ(match(kGenders, ""), std::nullopt);
  EXPECT_EQ(match(kGenders, "I cannot tell."), std::nullopt);
  EXPECT_EQ(match(kGenders, "It could be male or female."), std::nullopt);
  EXPECT_EQ(match(kGenders, "males"), std::nullopt);  // another word
  EXPECT_EQ(match(kGenders, "maleé"), std::nullopt);
  EXPECT_EQ(match(kGenders, "male\u0301"), std::nullopt);  // an accent makes it another letter
}

TEST(LabelMatch, TheLongestNameWins) {
  EXPECT_EQ(match(kAccents, "Northern Irish."), 1u);
  EXPECT_EQ(match(kAccents, "It sounds northern-irish to me"), 1u);
  EXPECT_EQ(match(kAccents, "northern\n Irish"), 1u);
  EXPECT_EQ(match(kAccents, "an Irish accent from the north"), 0u);
  EXPECT_EQ(match(kAccents, "Northern Irish, not Irish"), std::nullopt);
  EXPECT_EQ(match(kAccents, "South African"), 2u);
  EXPECT_EQ(match(kAccents, "from South Africa"), 2u);
  EXPECT_EQ(match(kAccents, "British English"), 4u);
}

TEST(LabelMatch, NonTakesALabelAway) {
  const Labels only = {{"native", {}}, {"unknown", {}}};
  const Labels both = {{"native", {}}, {"non-native", {}}};
  EXPECT_EQ(match(only, "a non-native speaker"), std::nullopt);
  EXPECT_EQ(match(only, "a native speaker"), 0u);
  EXPECT_EQ(match(both, "a non-native speaker"), 1u);
  EXPECT_EQ(match(both, "Non native."), 1u);
  EXPECT_EQ(match(both, "a native speaker"), 0u);
}

TEST(LabelMatch, NumbersAreWhole) {
  const Labels ages = {{"15-19", {}}, {"20-24", {}}, {"25-29", {}}, {"30+", {}}};
  EXPECT_EQ(match(ages, "The speaker is 20–24 years old"), 1u);
  EXPECT_EQ(match(ages, "15 - 19"), 0u);
  EXPECT_EQ(match(ages, "30+"), 3u);
  EXPECT_EQ(match(ages, "30"), std::nullopt);
  EXPECT_EQ(match(ages, "120-24"), std::nullopt);
  const Labels levels = {{"25", {}}, {"50", {}}, {"100", {}}};
  EXPECT_EQ(match(levels, "50."), 1u);
  EXPECT_EQ(match(levels, "0.50"), std::nullopt);
  EXPECT_EQ(match(levels, "1,100"), std::nullopt);
  EXPECT_EQ(match(levels, "25, 50"), std::nullopt);
}

TEST(LabelMatch, ScriptsWithoutBlanks) {
  const Labels genders = {{"女", {}}, {"男", {}}};
  EXPECT_EQ(match(genders, "这是男声。"), 1u);
  const Labels german = {{"weiblich", {}}, {"männlich", {"maennlich"}}};
  EXPECT_EQ(match(german, "MÄNNLICH"), 1u);
  EXPECT_EQ(match(german, "ma\u0308nnlich"), 1u);
  EXPECT_EQ(match(german, "unmännlich"), std::nullopt);
  EXPECT_EQ(match({{"Straße", {}}}, "STRASSE"), 0u);
}

TEST(LabelMatch, AllOfThem) {
  LabelMatcher matcher(kAccents);
  EXPECT_THAT(matcher.all("English, northern irish and English"), testing::ElementsAre(1u, 4u));
  EXPECT_THAT(matcher.all("none"), testing::IsEmpty());
}

TEST(LabelMatch, LabelOfAReference) {
  const LabelMatcher matcher({{{"Northern Irish", {"NI"}}, {"Irish", {}}, {"30+", {}}}});
  EXPECT_EQ(matcher.label_of("Northern Irish."), 0u);
  EXPECT_EQ(matcher.label_of("ni"), 0u);
  EXPECT_EQ(matcher.label_of("30+."), 2u);
  EXPECT_EQ(matcher.label_of("30"), std::nullopt);
  EXPECT_EQ(matcher.label_of("very Irish"), std::nullopt);
}

TEST(LabelMatch, RefusesLabelsThatNobodyCouldTellApart) {
  EXPECT_THROW(LabelMatcher(Labels{{"a b", {}}, {"c", {"A-B"}}}), Error);
  EXPECT_THROW(LabelMatcher(Labels{{" - ", {}}}), Error);
  EXPECT_NO_THROW(LabelMatcher(Labels{{"throat clearing", {"throat-clearing"}}}));
}

TEST(LabelMatch, HostileAnswers) {
  LabelMatcher matcher(kAccents);
  std::string text;
  while (text.size() < 1'000'000) text += "northern south british ";
  EXPECT_EQ(matcher.match(text), std::nullopt);
  EXPECT_EQ(matcher.match(std::string(1'000'000, '\0') + "Irish"), 0u);
  EXPECT_EQ(matcher.match("\xFF\xC3\x28 irish \xE2\x82"), 0u);
  std::string marks = "i";
  while (marks.size() < 1'000'000) marks += "\u0301\u0327";
  EXPECT_EQ(matcher.match(marks), std::nullopt);
}

TEST(LabelSums, CountsAndRates) {
  LabelSums sums(3);
  EXPECT_EQ(sums.accuracy(), std::nullopt);
  sums.add(0, 0);
  sums.add(0, 1);
  sums.add(0, 0);
  sums.add(1, std::nullopt);
  EXPECT_EQ(sums.items(), 4);
  EXPECT_EQ(sums.count(0, 1), 1);
  EXPECT_EQ(sums.abstained(), 1);
  EXPECT_DOUBLE_EQ(*sums.accuracy(), 0.5);
  EXPECT_DOUBLE_EQ(*sums.macro_accuracy(), (2.0 / 3 + 0) / 2);  // label 2 does not occur
  EXPECT_DOUBLE_EQ(*sums.abstention_rate(), 0.25);
  EXPECT_THROW(sums.add(3, 0), Error);
  EXPECT_THROW(sums.add(0, 3), Error);
}

TEST(LabelSums, AddUp) {
  std::mt19937 random(7);
  LabelSums whole(4), first(4), second(4);
  CorpusItem accuracy, abstention;
  for (int i = 0; i < 1000; ++i) {
    const size_t truth = random() % 4;
    const size_t drawn = random() % 5;
    const std::optional<size_t> answer = drawn == 4 ? std::nullopt : std::optional(drawn);
    whole.add(truth, answer);
    (i % 3 == 0 ? first : second).add(truth, answer);
    accuracy += accuracy_item(truth, answer);
    abstention += abstention_item(answer);
  }
  LabelSums sum;
  sum += first;
  sum += second;
  EXPECT_EQ(sum, whole);
  EXPECT_DOUBLE_EQ(ratio(accuracy), *whole.accuracy());
  EXPECT_DOUBLE_EQ(ratio(abstention), *whole.abstention_rate());
  EXPECT_THROW(sum += LabelSums(3), Error);
}

}  // namespace
}  // namespace auris::eval
