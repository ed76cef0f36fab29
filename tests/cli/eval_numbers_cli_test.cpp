// auris eval import, score and compare: totals that add up, from files alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "auris/base/test_folder.h"
#include "tests/cli/run_auris.h"
#include "tests/source_folder.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ProgramResult auris(std::vector<std::string> arguments) {
  return run_auris({.arguments = std::move(arguments), .standard_input = "", .environment = {}});
}

json last_line(const std::string& out) {
  const size_t end = out.size() - 1;
  return json::parse(out.substr(out.rfind('\n', end - 1) + 1));
}

TEST(EvalNumbersCli, ImportsAndRejectsByLine) {
  TestFolder folder;
  const std::string rejected = folder / "rejected.jsonl", answers = folder / "answers.jsonl";
  const std::string released = AURIS_SOURCE_DIR "/tests/fixtures/llaso";
  const ProgramResult result = auris({"eval", "import", "llaso", released, "-o", answers, "--rejected",
                                      rejected, "--mode", "llaso", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json totals = last_line(result.out);
  EXPECT_EQ(totals["records"], 35);
  EXPECT_EQ(totals["taken"], 23);
  EXPECT_EQ(totals["rejected"], 12);
  const std::string lines = folder.read("rejected.jsonl");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 12);
  EXPECT_THAT(lines, HasSubstr("Beta/NSynth_pitch_recognition_test.jsonl, line 11"));
  EXPECT_EQ(auris({"eval", "import", "llaso", folder.path()}).exit_code, 3);
  EXPECT_EQ(auris({"eval", "import", "other", folder.path()}).exit_code, 2);
}

TEST(EvalNumbersCli, ScoresAndCompares) {
  TestFolder folder;
  const std::string clips = folder / "clips.jsonl", data = folder / "data";
  ASSERT_EQ(auris({"data", "ingest", "pocketsphinx", "-o", clips}).exit_code, 0);
  folder.write("eval.toml",
               "manifests = ['clips.jsonl']\n[[items]]\ntask = 'ASR'\nsplits = ['train', 'dev', 'test']\n"
               "configurations = ['text_audio']\n");
  ASSERT_EQ(auris({"data", "build", "eval", folder / "eval.toml", "-o", data}).exit_code, 0);
  const std::string a = folder.write("a.jsonl", "{\"settings\":{\"a\":1}}\nx\n");
  const std::string b = folder.write("b.jsonl", "{\"settings\":{\"a\":2}}\n");
  const json totals = last_line(auris({"eval", "score", data, a, "--json"}).out);
  EXPECT_EQ(totals["items"], 5);
  EXPECT_EQ(totals["missing"], 5);
  EXPECT_EQ(totals["damaged"], 0);
  EXPECT_EQ(totals["damaged_lines"], 1);
  EXPECT_EQ(totals["overall"]["points"], 0);  // nothing was answered
  EXPECT_EQ(totals["overall"]["high"], 0);
  EXPECT_EQ(totals["overall"]["formula"], "auris-overall-1");
  EXPECT_THAT(auris({"eval", "score", data, a}).out, HasSubstr("overall 0.0 [0.0, 0.0] points of 100"));
  const json llaso = last_line(auris({"eval", "score", data, a, "--mode", "llaso", "--json"}).out);
  EXPECT_EQ(llaso["mode"], "llaso");
  EXPECT_FALSE(llaso.contains("overall"));
  const ProgramResult compared = auris({"eval", "compare", data, a, b});
  EXPECT_THAT(compared.out, HasSubstr("| ASR | any | text_audio | 5 | wer | 100.00 | 100.00 |"))
      << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("a 0.0 [0.0, 0.0], b 0.0 [0.0, 0.0], difference 0.0 [0.0, 0.0]."));
  EXPECT_EQ(auris({"eval", "compare", data, a, a}).exit_code, 0);
  EXPECT_EQ(auris({"eval", "compare", data, a, folder / "none.jsonl"}).exit_code, 3);
  EXPECT_EQ(auris({"eval", "score", data, a, "--mode", "right"}).exit_code, 2);
}

}  // namespace
}  // namespace auris::tests
