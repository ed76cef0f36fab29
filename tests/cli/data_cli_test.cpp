// auris data ...: real packages in, manifests out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "auris/base/test_folder.h"
#include "tests/cli/run_auris.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ProgramResult data(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "data");
  return run_auris({.arguments = std::move(arguments), .standard_input = "", .environment = {}});
}

TEST(DataCli, ListsSourcesAndTasks) {
  EXPECT_THAT(data({"sources"}).out, HasSubstr("librispeech"));
  EXPECT_THAT(data({"tasks"}).out, HasSubstr("speech_recognition"));
  EXPECT_THAT(data({"tasks", "SGC"}).out, HasSubstr("female, male"));
  EXPECT_EQ(json::parse(data({"tasks", "ASR", "--json"}).out)["id"], "speech_recognition");
  EXPECT_THAT(data({"--help"}).out, HasSubstr("ingest"));
}

TEST(DataCli, IngestsThePrompts) {
  TestFolder folder;
  const std::string manifest = folder / "clips.jsonl", rejected = folder / "rejected.jsonl";
  const ProgramResult result = data({"ingest", "asterisk", "-o", manifest, "--rejected", rejected, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json summary = json::parse(result.out);
  EXPECT_GT(summary["clips"].get<int>(), 2500);
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  EXPECT_EQ(lines(folder.read("clips.jsonl")), summary["clips"].get<int>());
  EXPECT_EQ(lines(folder.read("rejected.jsonl")), summary["rejected"].get<int>());
  std::istringstream first(folder.read("clips.jsonl"));
  std::string line;
  std::getline(first, line);
  EXPECT_EQ(json::parse(line)["source"], "asterisk");
}

TEST(DataCli, ChecksWhatIsFit) {
  TestFolder folder;
  const std::string manifest = folder / "clips.jsonl", fit = folder / "fit.jsonl";
  ASSERT_EQ(data({"ingest", "pocketsphinx", "-o", manifest}).exit_code, 0);
  std::ofstream(manifest, std::ios::app) << R"({"id":"x","audio":"none.wav","duration_s":1})"
                                         << "\nnonsense\n";
  const std::string unfit = folder / "unfit.jsonl", report = folder / "report.json";
  const ProgramResult result =
      data({"check", manifest, "-o", fit, "--rejected", unfit, "--report", report, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json summary = json::parse(result.out);
  EXPECT_EQ(summary["clips"], 6);
  EXPECT_EQ(summary["kept"], 5);
  EXPECT_EQ(summary["rejected"]["missing_file"], 1);
  EXPECT_EQ(summary["rejected_lines"], 1);
  EXPECT_EQ(json::parse(folder.read("report.json")), summary);
  EXPECT_THAT(folder.read("unfit.jsonl"), testing::AllOf(HasSubstr("missing_file"), HasSubstr("no_json")));
  EXPECT_THAT(data({"check", fit}).out, HasSubstr("5 of 5 clips kept"));
  folder.write("limits.toml", "min_snr_db = 200\n");
  EXPECT_THAT(data({"check", fit, "--thresholds", folder / "limits.toml"}).out,
              HasSubstr("noise            5"));
  folder.write("limits.toml", "min_snr = 200\n");
  EXPECT_EQ(data({"check", fit, "--thresholds", folder / "limits.toml"}).exit_code, 3);
  EXPECT_EQ(data({"check", folder / "none.jsonl"}).exit_code, 3);
}

TEST(DataCli, ListensToClips) {
  TestFolder folder;
  ASSERT_EQ(data({"ingest", "pocketsphinx", "-o", folder / "clips.jsonl"}).exit_code, 0);
  std::istringstream lines(folder.read("clips.jsonl"));
  std::string right, wrong;
  while (std::getline(lines, right) && right.find("0880") == std::string::npos) {
  }
  json clip = json::parse(right);
  clip["id"] = "wrong";
  clip["text"] = "a text that nobody reads here";
  folder.write("two.jsonl", right + "\n" + clip.dump() + "\n");
  folder.write("limits.toml", "duplicates = false\nmax_character_error_rate = 0.4\n");
  const std::string heard = folder / "heard.jsonl";
  const std::vector<std::string> check = {"check", folder / "two.jsonl", "--recognize",          "--heard",
                                          heard,   "--thresholds",       folder / "limits.toml", "--json"};
  const ProgramResult first = data(check);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("a second and core"));
  const json summary = json::parse(first.out);
  EXPECT_EQ(summary["rejected"]["other_text"], 1);
  EXPECT_EQ(summary["kept"], 1);
  EXPECT_EQ(summary["recognition"]["heard"]["en"]["en"], 2);
  EXPECT_THAT(folder.read("heard.jsonl"), HasSubstr("disposed young man"));
  const std::string cache = folder.read("two.jsonl.heard");
  EXPECT_EQ(std::count(cache.begin(), cache.end(), '\n'), 1);  // the same sound
  EXPECT_EQ(data(check).out, first.out);
  EXPECT_EQ(folder.read("two.jsonl.heard"), cache);
}

TEST(DataCli, BuildsAndMerges) {
  TestFolder folder;
  const std::string manifest = folder / "clips.jsonl";
  ASSERT_EQ(data({"ingest", "pocketsphinx", "-o", manifest}).exit_code, 0);
  folder.write("eval.toml",
               "manifests = ['clips.jsonl']\n[[items]]\ntask = 'ASR'\nsplits = ['train', 'dev', 'test']\n"
               "configurations = ['text_audio', 'audio']\n");
  const std::string recipe = folder / "eval.toml";
  for (const char* part : {"0/2", "1/2"}) {
    const ProgramResult built = data(
        {"build", "eval", recipe, "-o", folder / (part[0] == '0' ? "a" : "b"), "--shard", part, "--json"});
    ASSERT_EQ(built.exit_code, 0) << built.err;
    EXPECT_EQ(json::parse(built.out)["written"], 5);
  }
  const ProgramResult merged = data({"merge", folder / "a", folder / "b", "-o", folder / "all"});
  EXPECT_THAT(merged.out, HasSubstr("10 items")) << merged.err;
  const ProgramResult listed = run_auris({.arguments = {"-tf", folder / "all" / "shard-00000.tar"},
                                          .standard_input = "",
                                          .environment = {},
                                          .program = "/bin/tar"});
  EXPECT_THAT(listed.out, testing::StartsWith("000000000.json\n000000000.wav\n"));
  EXPECT_EQ(data({"build", "eval", recipe, "-o", folder / "a"}).exit_code, 3);
  EXPECT_EQ(data({"build", "test", recipe, "-o", folder / "x"}).exit_code, 2);
  EXPECT_EQ(data({"build", "eval", recipe, "-o", folder / "x", "--shard", "2/2"}).exit_code, 2);
  EXPECT_EQ(data({"build", "eval", recipe, "-o", folder / "x", "--shard", "half"}).exit_code, 2);
  EXPECT_EQ(data({"build", "eval", folder / "none.toml", "-o", folder / "x"}).exit_code, 3);
}

TEST(DataCli, AnswersBuildsDescribesAndExports) {
  TestFolder folder;
  ASSERT_EQ(data({"ingest", "pocketsphinx", "-o", folder / "clips.jsonl"}).exit_code, 0);
  const ProgramResult answered = data({"respond", folder / "clips.jsonl", "-o", folder / "answers",
                                       "--max-tokens", "8", "--top", "4", "--json"});
  ASSERT_EQ(answered.exit_code, 0) << answered.err;
  EXPECT_EQ(json::parse(answered.out)["answers"], 5);
  EXPECT_EQ(data({"respond", folder / "clips.jsonl", "-o", folder / "answers"}).exit_code, 3);
  EXPECT_EQ(data({"respond", folder / "clips.jsonl", "-o", folder / "x", "--prompt", "Go on:"}).exit_code, 2);
  EXPECT_EQ(data({"respond", folder / "clips.jsonl", "-o", folder / "x", "--shard", "half"}).exit_code, 2);

  folder.write("align.toml",
               "manifests = ['clips.jsonl']\n[[items]]\ntask = 'DLG'\nresponses = ['answers']\n"
               "splits = ['train', 'dev', 'test']\n");
  const ProgramResult built =
      data({"build", "align", folder / "align.toml", "-o", folder / "align", "--json"});
  ASSERT_EQ(built.exit_code, 0) << built.err;
  EXPECT_EQ(json::parse(built.out)["written"], 5);
  const ProgramResult described = data({"croissant", folder / "align", "--name", "answers", "--json"});
  ASSERT_EQ(described.exit_code, 0) << described.err;
  EXPECT_EQ(json::parse(described.out)["clips"], 5);
  EXPECT_EQ(json::parse(folder.read("align/croissant.json"))["name"], "answers");
  const ProgramResult exported =
      data({"export", "llaso", folder / "align", "-o", folder / "llaso", "--json"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const json files = json::parse(exported.out)["files"];
  int64_t items = 0;
  for (const auto& [name, count] : files.items()) {
    EXPECT_THAT(name, testing::StartsWith("pure_audio/pocketsphinx_dialogue_end_"));
    const json entries = json::parse(folder.read("llaso/" + name));
    EXPECT_EQ(entries.size(), count.get<size_t>());
    EXPECT_EQ(entries[0]["conversations"][0]["value"], "<audio>");
    EXPECT_TRUE(std::filesystem::exists(folder / "llaso" / entries[0]["voice"][0].get<std::string>()));
    items += count.get<int64_t>();
  }
  EXPECT_EQ(items, 5);
  EXPECT_EQ(data({"export", "lhotse", folder / "align", "-o", folder / "x"}).exit_code, 2);
  EXPECT_EQ(data({"croissant", folder / "none"}).exit_code, 3);
}

TEST(DataCli, WrongUseIsSaid) {
  TestFolder folder;
  const std::string out = folder / "x.jsonl";
  EXPECT_EQ(data({}).exit_code, 2);
  EXPECT_EQ(data({"ingest", "asterisk"}).exit_code, 2);
  const ProgramResult unknown = data({"ingest", "librispech", folder.path(), "-o", out});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'librispeech'"));
  EXPECT_EQ(data({"ingest", "librispeech", "-o", out}).exit_code, 2);
  EXPECT_EQ(data({"ingest", "librispeech", folder.path(), "-o", out}).exit_code, 3);
  EXPECT_EQ(data({"ingest", "asterisk", "/usr/share", "-o", "/proc/none/x.jsonl"}).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_EQ(data({"tasks", "XYZ"}).exit_code, 2);
}

TEST(DataCli, CompletionKnowsTheGroup) {
  const auto run = [](std::vector<std::string> arguments) {
    return run_auris({.arguments = std::move(arguments), .standard_input = "", .environment = {}}).out;
  };
  EXPECT_THAT(run({"man"}), HasSubstr(".SS auris data ingest"));
  const std::string script =
      run({"completion", "bash"}) +
      "COMP_WORDS=(auris data in); COMP_CWORD=2; _auris; echo ${COMPREPLY[*]};"
      "COMP_WORDS=(auris data ingest --rej); COMP_CWORD=3; _auris; echo ${COMPREPLY[*]};"
      "COMP_WORDS=(auris transcribe --pad); COMP_CWORD=2; _auris; echo ${COMPREPLY[*]};"
      "COMP_WORDS=(auris transcribe x --pad); COMP_CWORD=3; _auris; echo ${COMPREPLY[*]}";
  const ProgramResult shell = run_auris(
      {.arguments = {"-c", script}, .standard_input = "", .environment = {}, .program = "/bin/bash"});
  EXPECT_EQ(shell.out, "ingest\n--rejected\n--padding-step\n--padding-step\n") << shell.err;
}

}  // namespace
}  // namespace auris::tests
