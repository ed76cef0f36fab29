// Audio language models at the command line: small checkpoints in the published layouts with the reference's
// numbers (tools/reference/dump_audio_scores.py), and a model composed of installed ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/run_auris.h"
#include "tests/source_folder.h"

namespace auris::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kShort =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

std::filesystem::path model(const std::string& name) {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "audio_llm" / name;
}

json golden(const std::string& name) {
  std::ifstream file(model(name) / "scores.json");
  return json::parse(file);
}

ProgramResult run(std::vector<std::string> arguments, std::string standard_input = "") {
  return run_auris(
      {.arguments = std::move(arguments), .standard_input = std::move(standard_input), .environment = {}});
}

// The script's "tone": 12,345 samples of a formula, in 16 bits.
std::string tone() {
  std::string data;
  for (int64_t n = 0; n < 12345; ++n) {
    int64_t product = (n * 7919 % 16001 - 8000) * (1 + n / 4000 % 3);
    int64_t value = product >= 0 ? product / 3 : -((2 - product) / 3);  // rounded down
    for (int byte = 0; byte < 2; ++byte) data += static_cast<char>((value >> (8 * byte)) & 0xff);
  }
  auto number = [](uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xff);
    return text;
  };
  auto size = static_cast<uint32_t>(data.size());
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "auris_cli_tone.wav";
  std::ofstream(path, std::ios::binary)
      << "RIFF" << number(36 + size, 4) << "WAVEfmt " << number(16, 4) << number(1, 2) << number(1, 2)
      << number(16000, 4) << number(32000, 4) << number(2, 2) << number(16, 2) << "data" << number(size, 4)
      << data;
  return path.string();
}

std::string file_of(const std::string& name) { return name == "tone" ? tone() : kShort; }

TEST(AudioModelCli, ScoreAsTheReference) {
  for (const char* name : {"llaso", "ultravox", "qwen2-audio"}) {
    int compared = 0;
    const json all = golden(name);
    for (const json& test : all["cases"]) {
      std::vector<std::string> arguments = {"score",          "--model",           model(name).string(),
                                            "--json",         "--prompt",          test["prompt"],
                                            "--continuation", test["continuation"]};
      if (test["audio"].empty() || test["audio"][0] == "long") continue;
      for (const json& audio : test["audio"]) arguments.insert(arguments.end(), {"--audio", file_of(audio)});
      if (test["template"]) arguments.push_back("--template");
      ProgramResult result = run(arguments);
      ASSERT_EQ(result.exit_code, 0) << result.err;
      json ours = json::parse(result.out);
      EXPECT_EQ(ours["tokens"], test["tokens"]);
      ASSERT_EQ(ours["logprobs"].size(), test["logprobs"].size());
      double sum = 0;
      for (size_t i = 0; i < test["logprobs"].size(); ++i) {
        EXPECT_NEAR(ours["logprobs"][i].get<double>(), test["logprobs"][i].get<double>(), 1e-4)
            << name << test["prompt"] << i;
        sum += ours["logprobs"][i].get<double>();
      }
      EXPECT_NEAR(ours["sum"].get<double>(), sum, 1e-9);
      ++compared;
    }
    EXPECT_EQ(compared, 5) << name;
  }
}

TEST(AudioModelCli, MarksAndRecordingsMustMatch) {
  std::string ultravox = model("ultravox").string();
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{"--prompt", "no mark", "--audio", kShort},
        {"--prompt", "<audio>"},
        {"--prompt", "<audio> <audio>", "--audio", kShort},
        {"--prompt", "no mark", "--audio", kShort, "--template"}}) {
    std::vector<std::string> arguments = {"score", "--model", ultravox, "--continuation", "a"};
    arguments.insert(arguments.end(), bad.begin(), bad.end());
    ProgramResult result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << bad[1];
    EXPECT_THAT(result.err, HasSubstr("<audio>"));
    EXPECT_EQ(result.out, "");
  }
}

TEST(AudioModelCli, AskHearsWithTheModelsOwnPrompt) {
  for (const char* name : {"llaso", "ultravox", "qwen2-audio"}) {
    json expected = golden(name)["asks"][0];
    ASSERT_EQ(expected["audio"], "short");
    std::vector<std::string> arguments = {
        "ask", kShort, expected["question"], "--model", model(name).string(), "--max-tokens", "12", "--json"};
    for (const char* mode : {"auto", "audio"}) {
      std::vector<std::string> all = arguments;
      all.insert(all.end(), {"--mode", mode});
      ProgramResult result = run(all);
      ASSERT_EQ(result.exit_code, 0) << result.err;
      json object = json::parse(result.out);
      EXPECT_EQ(object["answer"], expected["text"]) << name;
      EXPECT_EQ(object["mode"], "audio");
      EXPECT_EQ(object["model"], model(name).string());
      EXPECT_TRUE(object["transcript"].is_null());
      EXPECT_GT(object["timings"]["first_token_s"].get<double>(), 0);
      EXPECT_GE(object["timings"]["total_s"].get<double>(), object["timings"]["first_token_s"].get<double>());
    }
  }
}

TEST(AudioModelCli, ModelsThatOnlyReadCannotHear) {
  ProgramResult result = run({"ask", kShort, "Why?", "--mode", "audio"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("--mode cascade"));
  EXPECT_EQ(run({"score", "--prompt", "<audio>", "--continuation", "a", "--audio", kShort}).exit_code, 4);
}

TEST(AudioModelCli, ChatKeepsWhatItHeard) {
  ProgramResult result =
      run({"chat", "--model", model("qwen2-audio").string(), "--json", "--max-tokens", "4"},
          "/audio " + kShort + "\nWhat is the sound?\nAnd why?\n/audio " + tone() + "\n\n/history\n");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("added: " + kShort + " (3.0 s)"));
  std::istringstream lines(result.out);
  std::vector<json> turns;
  std::string line;
  while (turns.size() < 3 && std::getline(lines, line)) turns.push_back(json::parse(line));
  ASSERT_EQ(turns.size(), 3u);
  EXPECT_EQ(turns[0]["cached_tokens"], 0);
  EXPECT_GT(turns[0]["prompt_tokens"].get<int>(), 75);  // 75 rows of sound and the text
  // A line break at the end of a prompt may become one token with those that the answer begins with.
  EXPECT_GE(turns[1]["cached_tokens"].get<int>(), turns[0]["prompt_tokens"].get<int>() - 1);
  EXPECT_GE(turns[2]["cached_tokens"].get<int>(), turns[1]["prompt_tokens"].get<int>() - 1);
  EXPECT_GT(turns[2]["prompt_tokens"].get<int>(),
            turns[2]["cached_tokens"].get<int>() + 19);  // the second recording
  EXPECT_THAT(result.out, HasSubstr("user: [recording, 3.0 s] What is the sound?"));
}

TEST(AudioModelCli, InspectNamesFamilyAndParts) {
  json llaso = json::parse(run({"inspect", model("llaso").string(), "--json"}).out);
  EXPECT_EQ(llaso["name"], "llaso");
  EXPECT_EQ(llaso["kind"], "audio language model");
  EXPECT_EQ(llaso["family"], "llaso");
  EXPECT_EQ(llaso["inputs"], (json{"audio", "text"}));
  EXPECT_EQ(llaso["parts"][0]["what"], "encoder");
  EXPECT_THAT(llaso["parts"][0]["path"].get<std::string>(), HasSubstr("llaso/encoder"));
  EXPECT_TRUE(llaso["notes"].empty());
  EXPECT_THAT(run({"inspect", model("ultravox").string()}).out, HasSubstr("ultravox"));
}

// A folder that somebody put into the model cache has a name like the models of the catalog.
TEST(AudioModelCli, ModelsListsFoldersOfTheCache) {
  std::filesystem::path cache = std::filesystem::path(testing::TempDir()) / "auris_cli_cache";
  std::filesystem::remove_all(cache);
  std::filesystem::create_directories(cache / "models");
  std::filesystem::copy(model("qwen2-audio"), cache / "models" / "my-ears",
                        std::filesystem::copy_options::recursive);
  std::filesystem::create_directories(cache / "models" / "no-model");
  std::vector<std::string> environment = {"AURIS_CACHE=" + cache.string()};
  ProgramResult list = run_auris({.arguments = {"models"}, .standard_input = "", .environment = environment});
  EXPECT_THAT(list.out, testing::ContainsRegex("my-ears +audio-language-model .* qwen2_audio"));
  EXPECT_THAT(list.out, testing::Not(HasSubstr("no-model")));
  ProgramResult answer =
      run_auris({.arguments = {"ask", kShort, "What is the sound?", "-m", "my-ears", "-n", "2", "--json"},
                 .standard_input = "",
                 .environment = environment});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(json::parse(answer.out)["mode"], "audio");
  std::filesystem::remove_all(cache);
}

// An encoder of another length than the front end's windows, and no tokenizer: clear errors, not crashes.
TEST(AudioModelCli, UnfitFoldersAreModelErrors) {
  std::filesystem::path small = std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "models";
  for (const char* name : {"llaso", "qwen2-audio", "ultravox"}) {
    ProgramResult result = run({"ask", kShort, "Why?", "--model", (small / name).string()});
    EXPECT_EQ(result.exit_code, 4) << name;
    EXPECT_THAT(result.err, HasSubstr("tokenizer")) << name;
  }
}

}  // namespace
}  // namespace auris::tests
