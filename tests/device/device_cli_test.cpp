// --device as a user meets it: the built program, real models, with and without a module to load.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "auris/base/test_folder.h"
#include "tests/cli/run_auris.h"
#include "tests/source_folder.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kLibrivox =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

ProgramResult run(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  return run_auris(
      {.arguments = std::move(arguments), .standard_input = "", .environment = std::move(environment)});
}

void expect_usage_error(const ProgramResult& result, const std::string& text) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr(text));
}

const std::vector<std::string> kScore = {"score", "--prompt", "The capital of France is", "--continuation",
                                         " Paris, and that of Italy is Rome."};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(DeviceCli, CommandsThatUseModelsHaveTheFlag) {
  const std::vector<std::vector<std::string>> commands = {
      {"transcribe"},    {"translate"},       {"ask"},          {"chat"}, {"score"}, {"eval", "run"},
      {"eval", "judge"}, {"data", "respond"}, {"data", "check"}};
  for (const auto& command : commands) {
    EXPECT_THAT(run(with(command, {"--help"})).out, HasSubstr("AURIS_DEVICE")) << command.back();
  }
}

TEST(DeviceCli, WrongNamesAreUsageErrors) {
  expect_usage_error(run({"transcribe", kLibrivox, "--device", "gpu"}), "cpu, torch, cuda or cuda:N");
  expect_usage_error(run(with(kScore, {"--device", "cuda:x"})), "cpu, torch, cuda or cuda:N");
}

TEST(DeviceCli, WithoutAModuleSaysHowToGetOne) {
  const TestFolder folder;
  const std::string alone = (folder / "auris").string();
  std::filesystem::copy_file(AURIS_PROGRAM, alone);
  for (const char* device : {"torch", "cuda"}) {
    const ProgramResult result = run_auris({.arguments = with(kScore, {"--device", device}),
                                            .standard_input = "",
                                            .environment = {},
                                            .program = alone});
    expect_usage_error(result, "libauris_torch.so");
    EXPECT_THAT(result.err, HasSubstr("make torch build"));
    EXPECT_THAT(result.err, HasSubstr(folder.path().string()));
  }
  const ProgramResult doctor =
      run_auris({.arguments = {"doctor"}, .standard_input = "", .environment = {}, .program = alone});
  EXPECT_EQ(doctor.exit_code, 0) << doctor.out;  // nobody needs it
  EXPECT_THAT(doctor.out, HasSubstr("device cuda"));
  EXPECT_THAT(doctor.out, HasSubstr("not there"));
}

TEST(DeviceCli, VariablesNameDeviceAndModule) {
  expect_usage_error(run(kScore, {"AURIS_DEVICE=torch", "AURIS_TORCH_MODULE=/no/such.so"}), "/no/such.so");
  EXPECT_EQ(run(with(kScore, {"--device", "cpu"}), {"AURIS_DEVICE=torch", "AURIS_TORCH_MODULE=/no/such.so"})
                .exit_code,
            0);
}

TEST(DeviceCli, AModuleOfOtherSourcesIsRefused) {
  const std::string variable = std::string("AURIS_TORCH_MODULE=") + FOREIGN_MODULE;
  expect_usage_error(run(with(kScore, {"--device", "torch"}), {variable}), "headers 0123456789ab");
  const ProgramResult doctor = run({"doctor", "--json"}, {variable});
  EXPECT_EQ(doctor.exit_code, 4);
  size_t devices = 0;
  const json report = json::parse(doctor.out);
  for (const json& finding : report["findings"]) {
    if (!finding["name"].get<std::string>().starts_with("device ")) continue;
    ++devices;
    EXPECT_FALSE(finding["fine"].get<bool>());
    EXPECT_THAT(finding["text"].get<std::string>(), HasSubstr("headers 0123456789ab"));
  }
  EXPECT_EQ(devices, 2u);
}

// What the dynamic section names as needed, by binutils.
TEST(DeviceCli, TheProgramDoesNotLinkLibTorch) {
  std::FILE* pipe = ::popen("readelf --dynamic --wide '" AURIS_PROGRAM "'", "r");
  ASSERT_NE(pipe, nullptr);
  std::string section;
  char piece[4096];
  while (std::fgets(piece, sizeof piece, pipe) != nullptr) section += piece;
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_THAT(section, HasSubstr("libc.so"));
  EXPECT_THAT(section, Not(HasSubstr("torch")));
  EXPECT_THAT(section, Not(HasSubstr("libc10")));
}

#ifdef AURIS_HAS_TORCH

bool has_gpu() { return run({"doctor"}).out.find("GPU\n") != std::string::npos; }

TEST(DeviceCli, DoctorNamesTheLibrary) {
  const ProgramResult doctor = run({"doctor"});
  EXPECT_EQ(doctor.exit_code, 0) << doctor.out;
  EXPECT_THAT(doctor.out, testing::ContainsRegex("device torch +LibTorch 2\\.[0-9]+"));
}

TEST(DeviceCli, TorchHearsTheSame) {
  const std::vector<std::string> command = {"transcribe", kLibrivox, "--json", "--words"};
  const json ours = json::parse(run(command).out);
  const ProgramResult result = run(with(command, {"--device", "torch"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json theirs = json::parse(result.out);
  EXPECT_THAT(ours["text"].get<std::string>(), HasSubstr("young man"));
  EXPECT_EQ(theirs["text"], ours["text"]);
  EXPECT_EQ(theirs["segments"].size(), ours["segments"].size());
  const json &words = theirs["segments"][0]["words"], &expected = ours["segments"][0]["words"];
  ASSERT_EQ(words.size(), expected.size());
  for (size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i]["word"], expected[i]["word"]);
    EXPECT_NEAR(words[i]["probability"].get<double>(), expected[i]["probability"].get<double>(), 1e-3);
  }
}

// 1e-3 is what is demanded of a backend.
TEST(DeviceCli, TorchScoresTheSame) {
  const json ours = json::parse(run(with(kScore, {"--json"})).out);
  const ProgramResult result = run(with(kScore, {"--json"}), {"AURIS_DEVICE=torch"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json theirs = json::parse(result.out);
  ASSERT_GE(ours["logprobs"].size(), 8u);
  ASSERT_EQ(theirs["tokens"], ours["tokens"]);
  for (size_t i = 0; i < ours["logprobs"].size(); ++i) {
    EXPECT_NEAR(theirs["logprobs"][i].get<double>(), ours["logprobs"][i].get<double>(), 1e-3);
  }
}

// Over what LibTorch takes alone: the weights once, 4 bytes each, the mapped file that they are widened from,
// and what the work takes. Twice the vocabulary's table (113 MB), as a pool would keep it, is too much.
TEST(DeviceCli, WeightsAreHeldOnce) {
  constexpr double kMegabyte = 1e6;
  constexpr double kWeights = 134515008 * 4 / kMegabyte, kFile = 98, kWork = 60;
  const ProgramResult alone = run({"doctor"}), used = run(with(kScore, {"--device", "torch"}));
  ASSERT_EQ(used.exit_code, 0) << used.err;
  const double taken =
      (static_cast<double>(used.peak_bytes) - static_cast<double>(alone.peak_bytes)) / kMegabyte;
  EXPECT_GT(taken, kWeights);
  EXPECT_LT(taken, kWeights + kFile + kWork);
}

TEST(DeviceCli, TorchAnswersTheSame) {
  const std::vector<std::string> command = {"ask",    kLibrivox,      "Who is the recording about?",
                                            "--json", "--max-tokens", "12"};
  const json ours = json::parse(run(command).out);
  const ProgramResult result = run(with(command, {"--device", "torch"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json theirs = json::parse(result.out);
  EXPECT_EQ(theirs["answer"], ours["answer"]);
  EXPECT_EQ(theirs["transcript"], ours["transcript"]);
}

// Evaluation: the cascade, and a model that hears by itself. Answers are the same, and what they are kept
// with tells the device, so that they are not taken for the cpu's.
TEST(DeviceCli, TorchIsEvaluatedAlike) {
  const TestFolder folder;
  const auto path = [&](const char* name) { return (folder / name).string(); };
  ASSERT_EQ(run({"data", "ingest", "pocketsphinx", "-o", path("clips.jsonl")}).exit_code, 0);
  folder.write("eval.toml",
               "manifests = ['clips.jsonl']\n[[items]]\ntask = 'SGC'\nsplits = ['train', 'dev', 'test']\n"
               "configurations = ['text_audio']\ncount = 1\n");
  ASSERT_EQ(run({"data", "build", "eval", path("eval.toml"), "-o", path("eval")}).exit_code, 0);
  const std::string ears = AURIS_SOURCE_DIR "/tests/golden/audio_llm/ultravox";
  const std::vector<std::vector<std::string>> systems = {
      {"--system", "cascade", "--beam-size", "1", "--max-tokens", "8"},
      {"--system", "speech", "--model", ears, "--constrained"}};
  for (const auto& system : systems) {
    const auto asked = [&](const char* output, const char* device) {
      const ProgramResult result =
          run(with({"eval", "run", path("eval"), "-o", path(output), "--device", device, "--json"}, system));
      EXPECT_EQ(result.exit_code, 0) << result.err;
      const json report = json::parse(result.out);
      EXPECT_EQ(report["asked"], 1);
      EXPECT_EQ(report["failed"], 0);
      const std::string lines = folder.read(output);  // one of settings, one of the answer
      const size_t end = lines.find('\n');
      return std::pair(json::parse(lines.substr(0, end))["settings"], json::parse(lines.substr(end + 1)));
    };
    const auto [settings, expected] = asked("cpu.jsonl", "cpu");
    const auto [torch_settings, answer] = asked("torch.jsonl", "torch");
    EXPECT_FALSE(settings.contains("device"));
    EXPECT_EQ(torch_settings["device"], "torch");
    EXPECT_EQ(answer["answer"], expected["answer"]);
    EXPECT_NE(answer["key"], expected["key"]);
    std::filesystem::remove(folder / "cpu.jsonl");
    std::filesystem::remove(folder / "torch.jsonl");
  }
}

// A machine with a GPU computes the same there; another says what it lacks.
TEST(DeviceCli, CudaIsThereOrExplained) {
  const ProgramResult result = run(with(kScore, {"--device", "cuda", "--json"}));
  if (has_gpu()) {
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NEAR(json::parse(result.out)["sum"].get<double>(),
                json::parse(run(with(kScore, {"--json"})).out)["sum"].get<double>(), 1e-2);
    expect_usage_error(run(with(kScore, {"--device", "cuda:127"})), "a number below");
    return;
  }
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              testing::AnyOf(HasSubstr("a LibTorch with CUDA for cuda"), HasSubstr("a GPU for cuda")));
  EXPECT_THAT(result.err, HasSubstr("Hint: "));
}

#endif

}  // namespace
}  // namespace auris::tests
