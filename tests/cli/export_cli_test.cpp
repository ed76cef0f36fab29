// `auris export` as a user meets it: the real model, and commands that load what it wrote.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "auris/base/test_folder.h"
#include "tests/cli/run_auris.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kModel = "smollm2-135m-instruct";

class ExportCommand : public ::testing::Test {
 protected:
  ProgramResult run(std::vector<std::string> arguments) {
    return run_auris({.arguments = std::move(arguments), .standard_input = "", .environment = {}});
  }
  json score_with(const std::string& model) {
    const ProgramResult result = run({"score", "--model", model, "--prompt", "The capital of France is",
                                      "--continuation", " Paris, a city", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out);
  }

  TestFolder folder_;
  const std::string file_ = (folder_ / "out.gguf").string();
};

TEST_F(ExportCommand, WritesAModelThatAurisLoads) {
  const ProgramResult result = run({"export", kModel, file_, "--type", "q8_0", "--name", "Mine", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json report = json::parse(result.out);
  EXPECT_EQ(report["architecture"], "llama");
  EXPECT_EQ(report["type"], "q8_0");
  EXPECT_EQ(report["tensors"], 272);
  EXPECT_EQ(report["tensors_by_type"],
            json({{"f32", 61}, {"q8_0", 211}}));  // 61 norms; 30 layers of 7, and the table
  EXPECT_EQ(report["merged_adapter"], false);
  // The mapped model (98 MB) and less than its largest matrix in f32 (113 MB): it is written in pieces.
  EXPECT_LT(result.peak_bytes, (kSanitized ? size_t{1000} : size_t{98 + 100}) << 20);
  EXPECT_EQ(report["bytes"], std::filesystem::file_size(file_));
  const json described = json::parse(run({"inspect", file_, "--json"}).out);
  EXPECT_EQ(described["name"], "Mine");
  EXPECT_EQ(described["licence"], "Apache-2.0");
  EXPECT_EQ(described["parameters"], 134515008);

  const json exported = score_with(file_), original = score_with(kModel);
  EXPECT_EQ(exported["tokens"], original["tokens"]);
  EXPECT_NEAR(exported["sum"].get<double>(), original["sum"].get<double>(), 0.3);
}

TEST_F(ExportCommand, SaysWhatItWrote) {
  const ProgramResult result = run({"export", kModel, file_, "--type", "q4_k"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr(file_), HasSubstr("272 tensors"), HasSubstr("61 in f32")));
  EXPECT_EQ(result.err, "");
}

TEST_F(ExportCommand, ErrorsLeaveNoFile) {
  EXPECT_EQ(run({"export", kModel, file_, "--type", "q9_9"}).exit_code, 2);
  EXPECT_EQ(run({"export", kModel}).exit_code, 2);
  EXPECT_EQ(run({"export", "no-such-model", file_}).exit_code, 4);
  const ProgramResult speech = run({"export", "whisper-tiny.en", file_});
  EXPECT_EQ(speech.exit_code, 2);
  EXPECT_THAT(speech.err, HasSubstr("expected a language model"));
  EXPECT_EQ(run({"export", kModel, "/proc/no/such/folder/out.gguf"}).exit_code, 3);
  const std::string command = "ulimit -f 2000 && \"$0\" export smollm2-135m-instruct " + file_;
  const ProgramResult full = run_auris({.arguments = {"-c", command, AURIS_PROGRAM},
                                        .standard_input = "",
                                        .environment = {},
                                        .program = "/bin/sh"});
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_THAT(full.err, HasSubstr("File too large"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace auris::tests
