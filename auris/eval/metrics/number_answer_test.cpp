// Hand-computed cases.
#include "auris/eval/metrics/number_answer.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

constexpr NumberRange kAges{.minimum = 0, .maximum = 120};
constexpr NumberRange kAny{.minimum = -1e9, .maximum = 1e9};

struct Case {
  std::string_view answer;
  std::optional<double> number;
};

void expect_read(std::initializer_list<Case> cases) {
  constexpr double kNone = -1e6;
  for (const Case& c : cases) {
    EXPECT_DOUBLE_EQ(number_in(c.answer, kAny).value_or(kNone), c.number.value_or(kNone)) << c.answer;
  }
}

TEST(NumberAnswer, Digits) {
  expect_read({{"24", 24},
               {" The speaker is 24 years old.", 24},
               {"24-year-old", 24},
               {"24yo", 24},
               {"pitch: 60.", 60},
               {"3.5", 3.5},
               {".5", 0.5},
               {"1,234.5", 1234.5},
               {"1,23", 1},
               {"-5", -5},
               {"it is −5 degrees", -5},
               {"10%", 10},
               {"５６", 56},
               {"我认为他24岁", 24},
               {"7/10", 7},
               {"note C4, number 60", 60},
               {"the 1st voice is 30", 30},
               {"5 thousand", 5000},
               {"1.2.3", 1.2},
               {"", std::nullopt},
               {"no idea", std::nullopt},
               {"C4", std::nullopt},
               {"12345678901234567890123456789012", std::nullopt}});
}

TEST(NumberAnswer, Words) {
  expect_read({{"twenty-four", 24},
               {"Twenty four years", 24},
               {"nineteen", 19},
               {"one hundred and five", 105},
               {"a hundred", 100},
               {"zero", 0},
               {"two hundred thirty-one", 231},
               {"two thousand and twenty four", 2024},
               {"one million two hundred thousand and three", 1200003},
               {"three point one four", 3.14},
               {"minus two", -2},
               {"negative 7", -7},
               {"twenty and five", 20},
               {"This one sounds like thirty", 30},
               {"one", 1},
               {"four of them, at fifty", 50},
               {"one point five", 1.5},
               {"the first", std::nullopt},
               {"trillion", std::nullopt},
               {"five trillion", 5},
               {"two thousand million", 2000},
               {"hundred", 100},
               {"two hundred thirties", 200},
               {"twenty hundred", 2000},
               {"one point", 1},
               {"twenty zero", 20},
               {"someone", std::nullopt}});
}

TEST(NumberAnswer, Ranges) {
  expect_read({{"20-24", 22},
               {"20 – 25", 22.5},
               {"20 to 24", 22},
               {"between 20 and 24", 22},
               {"Between twenty and thirty.", 25},
               {"twenty to twenty-four", 22},
               {"from 20 to 24", 22},
               {"-5 to 5", 0},
               {"20 and 24", 20},
               {"24-20", 24},
               {"20s or 30s", 30},
               {"late 20s to early 30s", 30},
               {"from his twenties to his thirties", 30},
               {"19 to the one", 19},
               {"20 or 21", 20.5},
               {"20s to 30s", 30},
               {"aged 25–29 years", 27},
               {"10.5-11.5", 11}});
}

TEST(NumberAnswer, Decades) {
  expect_read({{"in his 30s", 35},
               {"the thirties", 35},
               {"in her 30's", 35},
               {"mid-20s", 25},
               {"early 40s", 42},
               {"late twenties", 28},
               {"in his early-thirties", 32},
               {"a teenager", 16},
               {"in his teens", 16},
               {"1960s", 1965},
               {"24s", 24}});
}

TEST(NumberAnswer, TheFirstOneOfTheRange) {
  const NumberRange pitches{.minimum = 0, .maximum = 127};
  EXPECT_EQ(number_in("440 Hz, so MIDI 69", pitches), 69);
  EXPECT_EQ(number_in("69 (440 Hz)", pitches), 69);
  EXPECT_EQ(number_in("440 Hz", pitches), std::nullopt);
  EXPECT_EQ(number_in("-5", pitches), std::nullopt);
  EXPECT_EQ(number_in("A number between 0 and 127", pitches), std::nullopt);
  EXPECT_EQ(number_in("It is between 0 and 127, I say 50 to 60", pitches), 55);
  EXPECT_EQ(number_in("This one is 60", pitches), 60);
}

TEST(NumberAnswer, HostileAnswers) {
  EXPECT_EQ(number_in(std::string(1'000'000, '9'), kAges), std::nullopt);
  EXPECT_EQ(number_in(std::string(1'000'000, '-') + "5", kAges), 5);
  std::string text;
  while (text.size() < 1'000'000) text += "999 hundred and thousand and ";
  EXPECT_EQ(number_in(text, kAges), std::nullopt);
  text.clear();
  while (text.size() < 1'000'000) text += "1,000";
  number_in(text, kAges);
  EXPECT_EQ(number_in(std::string("\0\xFF 24", 5), kAges), 24);
}

TEST(NumberSums, ErrorsCoverageAndPenalty) {
  NumberSums sums;
  EXPECT_EQ(sums.mean_absolute_error(), std::nullopt);
  sums += number_sums(30, 34, kAges);
  sums += number_sums(30, 30, kAges);
  sums += number_sums(30, std::nullopt, kAges);  // as far as 120
  sums += number_sums(100, 130, kAges);          // outside; as far as 0
  EXPECT_EQ(sums.answered, 2);
  EXPECT_EQ(sums.exact, 1);
  EXPECT_DOUBLE_EQ(*sums.mean_absolute_error(), 2);
  EXPECT_DOUBLE_EQ(*sums.coverage(), 0.5);
  EXPECT_DOUBLE_EQ(*sums.penalised_mean_absolute_error(), (4.0 + 0 + 90 + 100) / 4);
  EXPECT_DOUBLE_EQ(ratio(sums.error_item()), *sums.mean_absolute_error());
  EXPECT_DOUBLE_EQ(ratio(sums.penalised_item()), *sums.penalised_mean_absolute_error());
  EXPECT_THROW(number_sums(121, 3, kAges), Error);
  EXPECT_THROW(number_sums(1, 3, {.minimum = 2, .maximum = 1}), Error);
}

}  // namespace
}  // namespace auris::eval
