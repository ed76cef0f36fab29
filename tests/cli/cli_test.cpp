// The command line as a user meets it: the built program, real models, real recordings.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/cli/run_auris.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kLibrivox =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";
const std::string kPrompt = "/usr/share/asterisk/sounds/en/demo-congrats.g722";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::filesystem::path fresh_folder(const std::string& name) {
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("auris_cli_" + name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

ProgramResult run(std::vector<std::string> arguments) {
  return run_auris({.arguments = std::move(arguments), .standard_input = "", .environment = {}});
}

TEST(Cli, HelpAndVersionGoToStdout) {
  EXPECT_THAT(run({"--help"}).out, HasSubstr("transcribe"));
  EXPECT_EQ(run({"--help"}).exit_code, 0);
  EXPECT_THAT(run({"--version"}).out, HasSubstr("auris 0."));
  for (const char* command : {"transcribe", "translate", "ask", "chat", "score", "pull", "models", "inspect",
                              "export", "card", "doctor", "version"}) {
    ProgramResult help = run({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("--json")) << command;
    EXPECT_EQ(help.err, "") << command;
  }
}

TEST(Cli, UsageErrorsExitWith2) {
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"no-such-command"}).exit_code, 2);
  EXPECT_EQ(run({"transcribe"}).exit_code, 2);
  EXPECT_EQ(run({"transcribe", kLibrivox, "--no-such-flag"}).exit_code, 2);
  EXPECT_EQ(run({"transcribe", kLibrivox, "--beam-size", "0"}).exit_code, 2);
  EXPECT_EQ(run({"transcribe", kLibrivox, "--language", "klingon"}).exit_code, 2);
  EXPECT_EQ(run({"transcribe", kLibrivox, kLibrivox, "-of", "x", "-otxt"}).exit_code, 2);
  ProgramResult result = run({"ask", kLibrivox, "Why?", "--max-tokens", "-3"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
}

TEST(Cli, InputErrorsExitWith3AndModelErrorsWith4) {
  ProgramResult missing = run({"transcribe", "/no/such/recording.wav"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("expected"));
  EXPECT_EQ(missing.out, "");
  EXPECT_EQ(run({"transcribe", kLibrivox, "--model", "/no/such/model"}).exit_code, 4);
  EXPECT_EQ(run({"ask", kLibrivox, "Why?", "--model", "no-such-model"}).exit_code, 4);
  EXPECT_EQ(run({"ask", kLibrivox, "Why?", "--mode", "audio"}).exit_code, 4);
  EXPECT_EQ(run({"score", "--prompt", "<audio>", "--continuation", "a", "--audio", kLibrivox}).exit_code, 4);
}

TEST(Cli, TranscribePrintsTimedLinesAndJson) {
  ProgramResult text = run({"transcribe", kLibrivox, "--language", "en"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(
      text.out,
      testing::MatchesRegex(
          "\\[00:00:00\\.[0-9]+ --> 00:00:0[0-9]\\.[0-9]+\\]  He was not an ill.disposed young man.*\n"));
  ProgramResult result = run({"transcribe", kLibrivox, "--json", "--words"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  json object = json::parse(result.out);
  EXPECT_EQ(object["file"], kLibrivox);
  EXPECT_EQ(object["language"], "en");
  EXPECT_NEAR(object["duration_s"].get<double>(), 2.99, 0.01);
  EXPECT_FALSE(object["truncated"].get<bool>());
  EXPECT_GE(object["segments"][0]["words"].size(), 8u);
  for (const char* timing : {"load_s", "features_s", "encode_s", "decode_s"})
    EXPECT_TRUE(object["timings"].contains(timing));
}

TEST(Cli, OneBadFileDoesNotSilenceTheOthers) {
  ProgramResult result = run({"transcribe", "/no/such.wav", kLibrivox, "--json", "--beam-size", "1"});
  EXPECT_EQ(result.exit_code, 3);
  size_t newline = result.out.find('\n');
  EXPECT_TRUE(json::parse(result.out.substr(0, newline)).contains("error"));
  EXPECT_THAT(json::parse(result.out.substr(newline + 1))["text"].get<std::string>(), HasSubstr("young man"));
}

TEST(Cli, TranscribeWritesSubtitles) {
  std::filesystem::path folder = fresh_folder("subtitles");
  ProgramResult result = run({"transcribe", kLibrivox, "-otxt", "-osrt", "-ovtt", "-oj", "-of",
                              (folder / "out").string(), "--beam-size", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(content_of(folder / "out.txt"), HasSubstr("young man"));
  EXPECT_THAT(content_of(folder / "out.srt"), testing::StartsWith("1\n00:00:00,"));
  EXPECT_THAT(content_of(folder / "out.vtt"), testing::StartsWith("WEBVTT\n\n"));
  EXPECT_EQ(json::parse(content_of(folder / "out.json"))["language"], "en");
}

TEST(Cli, StandardInputIsARecordingToo) {
  ProgramResult result = run_auris({.arguments = {"transcribe", "-", "--json", "--beam-size", "1"},
                                    .standard_input = content_of(kLibrivox),
                                    .environment = {}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(json::parse(result.out)["text"].get<std::string>(), HasSubstr("young man"));
}

TEST(Cli, RawG722FromAPipeIsHeardWhenAnnounced) {
  std::string raw = content_of("/usr/share/asterisk/sounds/en/vm-goodbye.g722");
  ProgramResult plain =
      run_auris({.arguments = {"transcribe", "-"}, .standard_input = raw, .environment = {}});
  EXPECT_EQ(plain.exit_code, 3);
  EXPECT_THAT(plain.err, HasSubstr("--g722"));
  ProgramResult announced = run_auris(
      {.arguments = {"transcribe", "-", "--g722", "--json"}, .standard_input = raw, .environment = {}});
  ASSERT_EQ(announced.exit_code, 0) << announced.err;
  EXPECT_THAT(json::parse(announced.out)["text"].get<std::string>(), HasSubstr("Goodbye"));
}

TEST(Cli, EnvironmentSetsFlagsAndTheCommandLineWins) {
  ProgramResult from_environment = run_auris({.arguments = {"transcribe", kLibrivox},
                                              .standard_input = "",
                                              .environment = {"AURIS_SPEECH_MODEL=/no/such"}});
  EXPECT_EQ(from_environment.exit_code, 4);
  ProgramResult overridden =
      run_auris({.arguments = {"transcribe", kLibrivox, "--model", "whisper-tiny.en", "--beam-size", "1"},
                 .standard_input = "",
                 .environment = {"AURIS_SPEECH_MODEL=/no/such"}});
  EXPECT_EQ(overridden.exit_code, 0) << overridden.err;
}

TEST(Cli, AskAnswersFromTheTranscript) {
  ProgramResult result = run({"ask", kPrompt, "What has been installed?", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  json object = json::parse(result.out);
  EXPECT_THAT(object["answer"].get<std::string>(), HasSubstr("Asterisk"));
  EXPECT_THAT(object["transcript"].get<std::string>(), HasSubstr("Asterisk"));
  EXPECT_EQ(object["mode"], "cascade");
  EXPECT_GT(object["timings"]["first_token_s"].get<double>(), 0);
}

TEST(Cli, ChatMixesSpokenAndTypedTurns) {
  ProgramResult result =
      run_auris({.arguments = {"chat", "--json", "--max-tokens", "24"},
                 .standard_input = "Say hello.\n/audio " + kLibrivox + "\nWho is the recording about?\n",
                 .environment = {}});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  size_t newline = result.out.find('\n');
  json first = json::parse(result.out.substr(0, newline)),
       second = json::parse(result.out.substr(newline + 1));
  EXPECT_FALSE(first["answer"].get<std::string>().empty());
  EXPECT_GT(second["cached_tokens"].get<int>(),
            first["prompt_tokens"].get<int>() / 2);  // the first turn is not run again
  EXPECT_THAT(result.err, HasSubstr("young man"));
}

TEST(Cli, ScoreAddsUp) {
  ProgramResult result =
      run({"score", "--prompt", "The capital of France is", "--continuation", " Paris", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  json paris = json::parse(result.out);
  ASSERT_EQ(paris["tokens"].size(), paris["logprobs"].size());
  double sum = 0;
  for (const json& value : paris["logprobs"]) sum += value.get<double>();
  EXPECT_NEAR(paris["sum"].get<double>(), sum, 1e-9);
  json banana = json::parse(
      run({"score", "--prompt", "The capital of France is", "--continuation", " banana", "--json"}).out);
  EXPECT_GT(paris["sum"].get<double>(), banana["sum"].get<double>() + 2);
}

TEST(Cli, InspectAndModelsDescribe) {
  json model = json::parse(run({"inspect", "smollm2-135m-instruct", "--json"}).out);
  EXPECT_EQ(model["parameters"].get<int64_t>(), 134515008);
  EXPECT_THAT(run({"models"}).out, HasSubstr("whisper-base"));
  EXPECT_EQ(run({"doctor"}).exit_code, 0);
}

TEST(Cli, CompletionAndManualAreMadeFromTheFlags) {
  EXPECT_THAT(run({"completion", "bash"}).out, HasSubstr("--beam-size"));
  EXPECT_THAT(run({"completion", "fish"}).out, HasSubstr("complete -c auris"));
  EXPECT_THAT(run({"man"}).out, HasSubstr(".SS auris transcribe"));
}

}  // namespace
}  // namespace auris::tests
