#include "auris/base/keyed_lines.h"

#include <gtest/gtest.h>

#include "auris/base/json_fields.h"
#include "auris/base/test_folder.h"

namespace auris {
namespace {

struct Count {
  std::string key;
  int64_t number = 0;
};

struct CountForm {
  using Record = Count;
  static constexpr const char* kRecord = "count";
  static nlohmann::ordered_json to_json(const Count& count) {
    return {{"key", count.key}, {"number", count.number}};
  }
  static Count from_json(const nlohmann::json& value) {
    const JsonFields fields(value, "count", ErrorCode::kInput);
    return {.key = fields.text("key"), .number = fields.integer("number", {0, 100})};
  }
};
using Counts = KeyedLines<CountForm>;

TEST(KeyedLines, TheLastRecordOfAKeyCounts) {
  TestFolder folder;
  {
    Counts counts(folder / "new" / "x");
    EXPECT_TRUE(counts.settings().is_null());
    counts.begin({{"z", 1}, {"a", 2}});
    counts.begin({{"z", 1}, {"a", 2}});
    counts.add({.key = "one", .number = 1});
    counts.add({.key = "two", .number = 2});
    counts.add({.key = "one", .number = 3});
    EXPECT_EQ(counts.size(), 2u);
    EXPECT_THROW(Counts(folder / "new" / "x"), Error);  // one at a time
  }
  EXPECT_EQ(
      folder.read("new/x"),
      "{\"settings\":{\"z\":1,\"a\":2}}\n{\"key\":\"one\",\"number\":1}\n{\"key\":\"two\",\"number\":2}\n"
      "{\"key\":\"one\",\"number\":3}\n");
  Counts counts(folder / "new" / "x");
  EXPECT_EQ(counts.settings().dump(), R"({"z":1,"a":2})");
  EXPECT_EQ(counts.find("one")->number, 3);
  EXPECT_EQ(counts.find("three"), nullptr);
}

TEST(KeyedLines, DamagedLinesAreCountedAndLeftAlone) {
  TestFolder folder;
  const std::string text =
      "nonsense\n{\"key\":\"a\",\"number\":101}\n[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\n"
      "{\"key\":\"a\",\"number\":7}\n";
  folder.write("x", text + "{\"key\":\"b\",\"num");  // a kill
  {
    Counts counts(folder / "x");
    EXPECT_EQ(counts.damaged_lines(), 3);
    EXPECT_EQ(counts.size(), 1u);
    EXPECT_EQ(counts.find("a")->number, 7);
    counts.add({.key = "b", .number = 8});
  }
  EXPECT_EQ(folder.read("x"), text + "{\"key\":\"b\",\"number\":8}\n");
}

}  // namespace
}  // namespace auris
