// Hand-computed cases.
#include "auris/eval/metrics/slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace auris::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Slots, Parse) {
  const SlotText text = parse_slots("remind me [event_name : mona] on [ date:tuesday ], [time : 10:30 am]");
  EXPECT_THAT(text.slots,
              ElementsAre(Slot{"event_name", "mona"}, Slot{"date", "tuesday"}, Slot{"time", "10:30 am"}));
  EXPECT_EQ(text.malformed, 0);
}

TEST(Slots, MalformedBracketsAreNoSlots) {
  const auto malformed = [](std::string_view text) { return parse_slots(text).malformed; };
  EXPECT_EQ(malformed("no slots at all"), 0);
  EXPECT_EQ(malformed("[date : tuesday"), 1);
  EXPECT_EQ(malformed("date : tuesday]"), 1);
  EXPECT_EQ(malformed("[tuesday]"), 1);
  EXPECT_EQ(malformed("[date : ] [ : tuesday] []"), 3);
  EXPECT_EQ(malformed("[a : [b : c] d]"), 2);
  EXPECT_EQ(malformed("[[[a : b]]]"), 3);
  EXPECT_THAT(parse_slots("[a : [b : c] d]").slots, IsEmpty());
  // An unclosed bracket does not take the next slot with it.
  const SlotText text = parse_slots("call [person : bob at [time : ten am] ] [place : home]");
  EXPECT_EQ(text.malformed, 2);  // the pair around [time ...], and that one inside it
  EXPECT_THAT(text.slots, ElementsAre(Slot{"place", "home"}));
  EXPECT_THAT(parse_slots("call [person : bob at [time : ten am]").slots,
              ElementsAre(Slot{"time", "ten am"}));
}

TEST(Slots, Score) {
  const SlotSums sums =
      slot_sums("wake me [time : ten am] [date : Tuesday] [date : friday]",
                "wake me [Time : Ten  a.m.] [date : tuesday.] [DATE : sunday] [place : home]");
  EXPECT_EQ(sums.pairs, (SetCounts{.hits = 1, .missed = 2, .invented = 3}));
  EXPECT_EQ(sums.types, (SetCounts{.hits = 3, .missed = 0, .invented = 1}));
  EXPECT_DOUBLE_EQ(*sums.f1(), 2.0 / 7);
  EXPECT_DOUBLE_EQ(*sums.type_f1(), 6.0 / 7);
}

TEST(Slots, PairsCountAsOftenAsTheyOccur) {
  const SlotSums sums = slot_sums("[a : x] [a : x]", "[a : x]");
  EXPECT_EQ(sums.pairs, (SetCounts{.hits = 1, .missed = 1, .invented = 0}));
  EXPECT_EQ(sums.exact_items, 0);
}

TEST(Slots, SumsAddUp) {
  SlotSums sums = slot_sums("what's the time", "what time");
  EXPECT_EQ(sums.f1(), std::nullopt);
  EXPECT_EQ(sums.exact_items, 1);
  sums += slot_sums("[a : x]", "[a : x] [b");
  sums += slot_sums("[a : x]", "[a : y]");
  EXPECT_EQ(sums.items, 3);
  EXPECT_EQ(sums.exact_items, 2);
  EXPECT_EQ(sums.malformed_answers, 1);
  EXPECT_DOUBLE_EQ(*sums.f1(), 0.5);
  EXPECT_DOUBLE_EQ(*sums.type_f1(), 1);
  EXPECT_DOUBLE_EQ(ratio(sums.f1_item()), 0.5);
  EXPECT_DOUBLE_EQ(ratio(sums.type_f1_item()), 1);
}

TEST(Slots, HostileAnswers) {
  EXPECT_EQ(parse_slots(std::string(1'000'000, '[')).malformed, 1'000'000);
  EXPECT_EQ(parse_slots(std::string(1'000'000, ']')).malformed, 1'000'000);
  std::string deep(500'000, '[');
  deep.append("a : b").append(500'000, ']');
  EXPECT_EQ(parse_slots(deep).malformed, 500'000);
  EXPECT_THAT(parse_slots(std::string("[\0 : \xFF]\0", 8)).slots,
              ElementsAre(Slot{std::string_view("\0", 1), "\xFF"}));
}

}  // namespace
}  // namespace auris::eval
