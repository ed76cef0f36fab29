// `auris card`: the card of a run, made anew from what the run left, with the report of an evaluation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "auris/base/test_folder.h"
#include "tests/cli/run_auris.h"

namespace auris::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ProgramResult run(std::vector<std::string> arguments) {
  return run_auris({.arguments = std::move(arguments), .standard_input = "", .environment = {}});
}

constexpr const char* kReport =
    R"({"format": "auris-report-1", "data_set": {"name": "five", "items": 5, "hours": 0.01},
  "systems": [{"name": "mine", "points": 75.0, "low": 70.0, "high": 80.0}],
  "tasks": [{"title": "Speech recognition", "items": 5, "points": [75.0], "low": [70.0], "high": [80.0]}]})";

// What a run leaves, without the weights.
void write_run(const TestFolder& folder) {
  ASSERT_EQ(run({"data", "ingest", "pocketsphinx", "-o", folder / "clips.jsonl"}).exit_code, 0);
  folder.write("data.toml",
               "manifests = ['clips.jsonl']\n[[items]]\ntask = 'ASR'\nsplits = ['train', 'dev', 'test']\n"
               "configurations = ['text_audio']\n");
  ASSERT_EQ(run({"data", "build", "eval", folder / "data.toml", "-o", folder / "data"}).exit_code, 0);
  folder.write("run/recipe.toml",
               "steps = 2\noutput = 'elsewhere'\nlicence = 'MIT'\n[model]\nencoder = 'whisper-tiny.en'\n"
               "language_model = 'smollm2-135m-instruct'\nprojector = { type = 'linear' }\n"
               "[[train]]\npart = 'projector'\nlearning_rate = 1e-3\n[[objectives]]\nkind = 'answer'\n"
               "[[data]]\nshards = '" +
                   (folder / "data").string() + "'\n[batch]\nexamples = 1\n");
  std::string log;
  for (const char* step : {"1", "2"}) {
    log +=
        std::string(R"({"step":)") + step +
        R"(,"time_s":1,"loss":2.5,"losses":{},"token_accuracy":0.5,"learning_rates":{},)"
        R"("gradient_norm":1,"examples":1,"lost_examples":0,"tokens":10,"audio_s":3,"step_s":1,"wait_s":0,)"
        R"("projector_rms":1,"embedding_rms":1})"
        "\n";
  }
  folder.write("run/steps.jsonl", log);
}

TEST(CardCli, ShowsTheRunAndItsResults) {
  TestFolder folder;
  write_run(folder);
  const std::string run_folder = folder / "run";
  const ProgramResult early = run({"card", run_folder});
  EXPECT_EQ(early.exit_code, 3);
  EXPECT_THAT(early.err, HasSubstr("a run that has ended"));
  folder.write("run/model/config.json", "{}");
  ASSERT_EQ(run({"card", run_folder}).exit_code, 0);
  EXPECT_THAT(folder.read("run/model/README.md"), HasSubstr("Not measured yet."));

  folder.write("eval/report.json", kReport);
  folder.write("eval/other.json", "{}");
  EXPECT_EQ(run({"card", run_folder, "--results", folder / "eval/other.json"}).exit_code, 3);
  const ProgramResult done = run({"card", run_folder, "--results", folder / "eval/report.json", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("run/model/README.md"));
  const std::string card = folder.read("run/model/README.md");
  EXPECT_THAT(card,
              AllOf(HasSubstr("license: mit\n"), HasSubstr("| encoder | whisper-tiny.en | MIT |"),
                    HasSubstr("| language model | smollm2-135m-instruct | Apache-2.0 |"),
                    HasSubstr("| examples | 5 |"), HasSubstr("| **all tasks** | 5 | 75.0 [70.0, 80.0] |")));
  // The report was kept: the card has it from now on.
  ASSERT_EQ(run({"card", run_folder}).exit_code, 0);
  EXPECT_EQ(folder.read("run/model/README.md"), card);
}

}  // namespace
}  // namespace auris::tests
