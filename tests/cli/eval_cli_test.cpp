// auris eval ...: from recordings to scores, with a server as the system and as the judge.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "auris/base/test_folder.h"
#include "auris/http/test_server.h"
#include "tests/cli/run_auris.h"
#include "tests/source_folder.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "secret-key-1234";

class EvalCli : public testing::Test {
 protected:
  EvalCli() {
    EXPECT_EQ(run({"data", "ingest", "pocketsphinx", "-o", path("clips.jsonl")}).exit_code, 0);
    folder_.write("eval.toml",
                  "manifests = ['clips.jsonl']\n[[items]]\ntask = 'ASR'\nsplits = ['train', 'dev', 'test']\n"
                  "configurations = ['text_audio']\ncount = 3\n[[items]]\ntask = 'SGC'\n"
                  "splits = ['train', 'dev', 'test']\nconfigurations = ['text_audio']\ncount = 2\n");
    const ProgramResult built = run({"data", "build", "eval", path("eval.toml"), "-o", path("eval")});
    EXPECT_THAT(built.out, HasSubstr("5 items")) << built.err;
  }
  static ProgramResult run(std::vector<std::string> arguments) {
    return run_auris({.arguments = std::move(arguments),
                      .standard_input = "",
                      .environment = {std::string("TEST_KEY=") + kKey}});
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  std::vector<std::string> asks(const char* kind, const char* output) const {
    return {"eval",
            "run",
            path("eval"),
            "-o",
            path(output),
            "--system",
            "endpoint",
            "--endpoint",
            server_.url() + "/" + kind,
            "--endpoint-model",
            "gpt",
            "--attempts",
            "1",
            "--json"};
  }

  TestFolder folder_;
  http::TestServer server_{"chat_server.py"};
};

TEST_F(EvalCli, AServerAnswersAndJudges) {
  std::vector<std::string> arguments = asks("key", "p.jsonl");
  arguments.insert(arguments.end(), {"--api-key-env", "TEST_KEY", "-v"});
  ProgramResult result = run(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out)["asked"], 5);
  EXPECT_EQ(json::parse(run(arguments).out)["reused"], 5);
  EXPECT_EQ(server_.log().size(), 5u);
  for (const std::string& text : {result.out, result.err, folder_.read("p.jsonl")}) {
    EXPECT_THAT(text, Not(HasSubstr(kKey)));
  }
  server_.files.write("reply.txt", "Verdict: 4");
  const std::vector<std::string> judges = {"eval",
                                           "judge",
                                           path("eval"),
                                           path("p.jsonl"),
                                           "-o",
                                           path("j.jsonl"),
                                           "--task",
                                           "ASR",
                                           "--judge",
                                           "endpoint",
                                           "--endpoint",
                                           server_.url() + "/v1",
                                           "--endpoint-model",
                                           "gpt"};
  result = run(judges);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("3 items, 3 asked"));
  EXPECT_THAT(result.out, HasSubstr("score 75.00 %"));
  EXPECT_THAT(result.out, HasSubstr("kappa"));
  EXPECT_THAT(run(judges).out, HasSubstr("0 asked, 3 reused"));
  result = run({"eval", "score", path("eval"), path("p.jsonl"), "--judgements", path("j.jsonl")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("wer"));
  result = run({"eval", "report", path("eval"), path("p.jsonl"), "--judgements", path("j.jsonl"), "-o",
                path("report")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("report.html: 1 systems, 5 items, 0 damaged"));
  const json report = json::parse(folder_.read("report/report.json"));
  EXPECT_EQ(report["systems"][0]["judge"]["answers"], 3);
  EXPECT_EQ(report["systems"][0]["judge"]["votes"], 3);
  EXPECT_THAT(folder_.read("report/report.html"), HasSubstr("\"grade\":4.0"));
  folder_.write("q.jsonl", folder_.read("p.jsonl"));
  result = run({"eval", "judge", path("eval"), path("p.jsonl"), "-o", path("pairs.jsonl"), "--against",
                path("q.jsonl"), "--task", "ASR", "--judge", "endpoint", "--endpoint", server_.url() + "/v1",
                "--endpoint-model", "gpt", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out)["decided"], 3);  // equal answers
  EXPECT_EQ(json::parse(result.out)["first_preferred"], 0.5);
}

TEST_F(EvalCli, PartsAreAskedByThemselvesAndJoined) {
  const auto part = [&](const char* shard, const char* output) {
    std::vector<std::string> arguments = asks("v1", output);
    arguments.insert(arguments.end(), {"--shard", shard});
    return run(arguments);
  };
  const ProgramResult first = part("0/2", "0.jsonl"), second = part("1/2", "1.jsonl");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const int64_t asked = json::parse(first.out)["asked"], others = json::parse(second.out)["asked"];
  EXPECT_EQ(asked + others, 5);
  EXPECT_GT(asked, 0);
  EXPECT_GT(others, 0);
  EXPECT_EQ(json::parse(part("0/2", "0.jsonl").out)["reused"], asked);
  const std::vector<std::string> joins = {"eval",          "merge", path("eval"),     path("0.jsonl"),
                                          path("1.jsonl"), "-o",    path("all.jsonl")};
  const ProgramResult joined = run(joins);
  ASSERT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_THAT(joined.out, HasSubstr("5 items: 5 answered, 0 failed, 0 missing, 0 damaged"));
  EXPECT_EQ(json::parse(run(asks("v1", "all.jsonl")).out)["reused"], 5);
  EXPECT_EQ(run(joins).exit_code, 3);  // it is there already
  const ProgramResult half = run({"eval", "merge", path("eval"), path("0.jsonl"), "-o", path("half.jsonl")});
  EXPECT_EQ(half.exit_code, 3);
  EXPECT_THAT(half.err, HasSubstr("none for " + std::to_string(others) + ": "));
  const ProgramResult partial =
      run({"eval", "merge", path("eval"), path("0.jsonl"), "-o", path("half.jsonl"), "--partial", "--json"});
  EXPECT_EQ(json::parse(partial.out)["missing"], others) << partial.err;
  for (const char* wrong : {"2/2", "x", "1/2/3"}) EXPECT_EQ(part(wrong, "w.jsonl").exit_code, 2) << wrong;
}

TEST_F(EvalCli, ServersThatFailAreSaid) {
  ProgramResult result = run(asks("down", "p.jsonl"));
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("status 500"));
  EXPECT_EQ(run(asks("html", "p.jsonl")).exit_code, 4);
  result = run(asks("key", "p.jsonl"));
  EXPECT_THAT(result.err, HasSubstr("--api-key-env"));
  result = run(asks("refuses", "p.jsonl"));  // each item by itself
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(json::parse(result.out)["failed"], 5);
  EXPECT_THAT(folder_.read("p.jsonl"), HasSubstr("audio is not supported"));
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--api-key-env", "NOT_SET"}, {"--offline"}, {"--constrained"}}) {
    std::vector<std::string> arguments = asks("v1", "p.jsonl");
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(run(arguments).exit_code, 2) << wrong[0];
  }
  EXPECT_EQ(run({"eval", "run", path("eval"), "-o", path("x"), "--system", "endpoint"}).exit_code, 2);
  EXPECT_EQ(run({"eval", "run", path("eval"), "-o", path("x"), "--system", "speech"}).exit_code, 4);
}

// The real models and small ones with random weights.
TEST_F(EvalCli, ClosedQuestionsAreChosenFromTheirLabels) {
  const std::string ears = AURIS_SOURCE_DIR "/tests/golden/audio_llm/ultravox";
  for (const std::vector<std::string>& system :
       {std::vector<std::string>{"--system", "oracle"}, {"--system", "speech", "--model", ears}}) {
    std::vector<std::string> arguments = {"eval",          "run",    path("eval"), "-o",
                                          path("c.jsonl"), "--task", "SGC",        "--constrained"};
    arguments.insert(arguments.end(), system.begin(), system.end());
    const ProgramResult result = run(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const ProgramResult scored = run({"eval", "score", path("eval"), path("c.jsonl"), "--json"});
    bool seen = false;
    std::istringstream lines(scored.out);
    for (std::string line; std::getline(lines, line);) {
      const json group = json::parse(line);
      if (group.value("abbreviation", "") != "SGC") continue;
      seen = true;
      EXPECT_EQ(group["details"]["abstained"], 0);
      EXPECT_EQ(group["calibration"][0]["metric"], "ece");
    }
    EXPECT_TRUE(seen) << scored.out;
    EXPECT_THAT(run({"eval", "score", path("eval"), path("c.jsonl")}).out, HasSubstr("ece"));
  }
}

}  // namespace
}  // namespace auris::tests
