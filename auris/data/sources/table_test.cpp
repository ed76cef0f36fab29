#include "auris/data/sources/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/sources/json_values.h"

namespace auris::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "line: cell|cell" or "line! problem" for each row.
std::vector<std::string> rows(const std::string& text, const TableOptions& options = {}) {
  TestFolder folder;
  LineReader lines(folder.write("t.csv", text));
  TableReader table([&](std::string& line) { return lines.next(line); }, options, "t.csv");
  std::vector<std::string> all;
  while (table.next()) {
    std::string row = std::to_string(table.line()) + (table.problem().empty() ? ":" : "! " + table.problem());
    for (const std::string& column : table.columns()) {
      if (table.problem().empty()) row += " " + table.text(column) + "|";
    }
    all.push_back(row);
  }
  return all;
}

TEST(Table, ReadsWhatRfc4180Allows) {
  EXPECT_THAT(rows("a,b\r\n1,2\r\n\r\n\"x,\"\"y\"\"\",\r\n\"two\nlines\",3"),
              ElementsAre("2: 1| 2|", "4: x,\"y\"| |", "5: two\nlines| 3|"));
  EXPECT_THAT(rows("\xEF\xBB\xBFname , b\nx,y"), ElementsAre("2: x| y|"));
  EXPECT_THAT(rows("a\tb\n\"x\t y \n", {.separator = '\t', .quoted = false}), ElementsAre("2: \"x|  y |"));
  EXPECT_THAT(rows("a , b\nx , y \n", {.trimmed = true}), ElementsAre("2: x| y|"));
  EXPECT_THAT(rows("x|y\n", {.separator = '|', .columns = {"a", "b"}}), ElementsAre("1: x| y|"));
  EXPECT_THAT(rows(""), ElementsAre());
}

TEST(Table, BrokenRowsDoNotSwallowOthers) {
  EXPECT_THAT(rows("a,b\n1,\"x\n2,y\n3\n4,\"z\"w\n5,\xFF\n6,v"),
              ElementsAre("2! a quote is not closed", "3: 2| y|", HasSubstr("4! 1 cells"),
                          HasSubstr("5! text behind"), HasSubstr("6! bytes"), "7: 6| v|"));
  // Two stray quotes: the rows between them do not become one cell.
  EXPECT_THAT(rows("a,b\n1,\"x\n2,y\n3,\"z\n4,v"),
              ElementsAre(HasSubstr("2!"), "3: 2| y|", HasSubstr("4!"), "5: 4| v|"));
}

TEST(Table, ColumnsMustBeThere) {
  EXPECT_THROW(rows("a,b\n1,2\n", {.needed = {"c"}}), Error);
  EXPECT_THROW(rows("", {.needed = {"c"}}), Error);
}

TEST(Lines, OfPlainAndPackedFiles) {
  TestFolder folder;
  EXPECT_THAT(lines_of(folder.write("t", "a\r\n\nb")), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines_of(folder.write("long", std::string(200000, 'x') + "\ny")).size(), 2u);
  EXPECT_THROW(lines_of(folder / "none"), Error);
  std::string packed(100, '\0');
  uLongf size = packed.size();
  gzFile file = gzopen((folder / "t.gz").c_str(), "wb");
  for (int i = 0; i < 1000; ++i) gzprintf(file, "%d\n", i * 7919 % 1000);
  gzclose(file);
  EXPECT_EQ(lines_of(folder / "t.gz").size(), 1000u);
  packed = folder.read("t.gz");
  size = packed.size();
  folder.write("cut.gz", packed.substr(0, size / 2));
  EXPECT_THROW(lines_of(folder / "cut.gz"), Error);
}

struct Values {
  std::vector<std::string> seen, reasons;
};

Values values(const std::string& text, int depth) {
  TestFolder folder;
  folder.write("v.json", text);
  Values all;
  const ClipSink clip = [](const Clip&) {};
  const RejectionSink rejected = [&](const Rejection& rejection) {
    all.reasons.push_back(rejection.what + ": " + rejection.reason);
  };
  Ingest ingest("x", folder.path(), clip, rejected);
  const FoundIn found = [&](const nlohmann::json& value, const std::string& name) {
    all.seen.push_back(name + "=" + value.dump());
    if (value.is_string()) JsonFields(value, "x", ErrorCode::kInput);  // throws: it is no object
    return std::vector<Found>();
  };
  if (depth > 0) {
    ingest_json_values(ingest, "v.json", depth, found);
  } else {
    ingest_json_lines(ingest, "v.json", found);
  }
  return all;
}

TEST(JsonValues, ComeOneByOne) {
  EXPECT_THAT(values(R"({"a":{"x":[1,2]},"b":3,"c":"s"})", 1).seen,
              ElementsAre(R"(a={"x":[1,2]})", "b=3", R"(c="s")"));
  EXPECT_THAT(values(R"([{"x":1},[2],3])", 1).seen, ElementsAre(R"(={"x":1})", "=[2]", "=3"));
  EXPECT_THAT(values(R"({"v":1,"audios":[{"s":[{}]},{"t":2}],"w":[5]})", 2).seen,
              ElementsAre(R"(audios={"s":[{}]})", R"(audios={"t":2})", "w=5"));
}

TEST(JsonValues, BrokenOnesAreTold) {
  EXPECT_THAT(values(R"({"c":"s"})", 1).reasons, ElementsAre("v.json, value 1: broken_line"));
  const Values cut = values(R"([{"x":1},{"x":)", 1);
  EXPECT_THAT(cut.seen, ElementsAre(R"(={"x":1})"));
  EXPECT_THAT(cut.reasons, ElementsAre("v.json: broken_file"));
  EXPECT_THAT(values("3", 1).reasons, ElementsAre("v.json: broken_file"));
  EXPECT_THAT(values("", 1).reasons, ElementsAre("v.json: broken_file"));
  EXPECT_THAT(values(std::string(100000, '['), 1).reasons, ElementsAre("v.json: broken_file"));
  const Values lines = values("{\"a\":1}\n\n{\n{\"b\":2}\n\"s\"\n", 0);
  EXPECT_THAT(lines.seen,
              ElementsAre(R"(v.json, line 1={"a":1})", R"(v.json, line 4={"b":2})", R"(v.json, line 5="s")"));
  EXPECT_THAT(lines.reasons, ElementsAre("v.json, line 3: broken_line", "v.json, line 5: broken_line"));
}

}  // namespace
}  // namespace auris::data
