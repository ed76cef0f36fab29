// Recordings, models and disks as they should not be: the built program gives a sensible result or one clear
// error with the right exit code, never a crash.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "auris/audio/decode.h"
#include "auris/audio/testing/opus_bomb.h"
#include "auris/audio/wav_writer.h"
#include "auris/base/cache_folder.h"
#include "auris/base/rng.h"
#include "auris/base/sanitized.h"
#include "auris/base/test_folder.h"
#include "auris/http/test_server.h"
#include "tests/cli/run_auris.h"

namespace auris::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const std::string kLibrivox =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";
const std::vector<std::string> kTranscribe = {"transcribe", "--model", "whisper-tiny.en", "--beam-size", "1"};

ProgramResult run(std::vector<std::string> arguments, const std::vector<std::string>& more = {},
                  const std::string& standard_input = "") {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_auris({.arguments = std::move(arguments), .standard_input = standard_input, .environment = {}});
}

// Runs a shell command line in which $auris is the program.
ProgramResult run_in_shell(const std::string& line, std::vector<std::string> environment = {}) {
  return run_auris({.arguments = {"-c", "auris=" AURIS_PROGRAM "; " + line},
                    .standard_input = "",
                    .environment = std::move(environment),
                    .program = "/bin/sh"});
}

// One line of the form "error: [where] expected X, got Y.", perhaps with a hint, and nothing of a crash.
void expect_error(const ProgramResult& result, int exit_code, const std::string& text = "") {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_THAT(result.err, testing::ContainsRegex("\\[[^]]+\\] expected .+, got .+"));
  EXPECT_THAT(result.err, HasSubstr(text));
}

audio::AudioClip clip_of(size_t samples, const std::function<float(size_t)>& value) {
  audio::AudioClip clip{.samples = std::vector<float>(samples), .sample_rate_hz = 16000};
  for (size_t i = 0; i < samples; ++i) clip.samples[i] = value(i);
  return clip;
}

// RIFF/WAVE, 16 bit, every channel the same; linear interpolation makes the rate.
std::string wide_wav(const audio::AudioClip& clip, unsigned channels, unsigned factor) {
  auto number = [](uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
  };
  std::string data;
  for (size_t i = 0; i + 1 < clip.samples.size(); ++i) {
    for (unsigned step = 0; step < factor; ++step) {
      float part = static_cast<float>(step) / static_cast<float>(factor);
      float value = clip.samples[i] * (1 - part) + clip.samples[i + 1] * part;
      std::string sample = number(static_cast<uint16_t>(std::lround(value * 32767)), 2);
      for (unsigned c = 0; c < channels; ++c) data += sample;
    }
  }
  unsigned rate = static_cast<unsigned>(clip.sample_rate_hz) * factor;
  return "RIFF" + number(36 + data.size(), 4) + "WAVEfmt " + number(16, 4) + number(1, 2) +
         number(channels, 2) + number(rate, 4) + number(rate * channels * 2, 4) + number(channels * 2, 2) +
         number(16, 2) + "data" + number(data.size(), 4) + data;
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = text.find('\n', begin);
    lines.push_back(json::parse(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

TEST(HostileCli, RecordingsWithoutSpeech) {
  TestFolder folder;
  Rng rng(7);
  std::vector<std::string> files;
  auto add = [&](const std::string& name, const audio::AudioClip& clip) {
    audio::write_wav(folder / name, clip);
    files.push_back((folder / name).string());
  };
  // 200 and 201 samples: half a window of the front end, where its reflected edge begins.
  for (size_t samples : {0u, 1u, 200u, 201u})
    add(std::to_string(samples) + ".wav", clip_of(samples, [](size_t) { return 0.1f; }));
  add("silence.wav", clip_of(48000, [](size_t) { return 0.0f; }));
  add("noise.wav", clip_of(48000, [&](size_t) { return 0.2f * static_cast<float>(2 * rng.uniform() - 1); }));
  add("square.wav", clip_of(48000, [](size_t i) { return i / 40 % 2 == 0 ? 1.0f : -1.0f; }));
  files.push_back(kLibrivox);
  std::vector<std::string> arguments = kTranscribe;
  arguments.push_back("--json");
  ProgramResult result = run(arguments, files);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::vector<json> lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), files.size());
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(lines[i]["file"], files[i]);
    for (const json& segment : lines[i]["segments"]) {
      EXPECT_LE(0.0, segment["start"].get<double>()) << files[i];
      EXPECT_LE(segment["start"].get<double>(), segment["end"].get<double>()) << files[i];
      EXPECT_LE(segment["end"].get<double>(), lines[i]["duration_s"].get<double>() + 1.0) << files[i];
    }
    EXPECT_LT(lines[i]["text"].get<std::string>().size(), 400u) << files[i];  // no flood of invented words
  }
  EXPECT_EQ(lines[0]["text"], "");
  EXPECT_EQ(lines[0]["duration_s"], 0.0);
  EXPECT_EQ(lines[4]["text"], "") << "silence";
  EXPECT_THAT(lines.back()["text"].get<std::string>(),
              HasSubstr("young man"));  // nothing of the others is left over

  // With voice activity detection nobody is heard in any of them.
  arguments.push_back("--vad");
  files.pop_back();
  result = run(arguments, files);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const json& line : lines_of(result.out)) EXPECT_EQ(line["text"], "") << line["file"];
}

TEST(HostileCli, SpeechThatIsClippedOrWideIsStillUnderstood) {
  TestFolder folder;
  audio::AudioClip speech = audio::decode_audio(kLibrivox);
  audio::AudioClip loud = speech;
  for (float& sample : loud.samples) sample *= 8;  // the writer limits it to +-1
  audio::write_wav(folder / "clipped.wav", loud);
  folder.write("wide.mp3", wide_wav(speech, 8, 12));  // 192 kHz, under a name that lies
  std::vector<std::string> arguments = kTranscribe;
  arguments.push_back("--json");
  ProgramResult result = run(arguments, {(folder / "clipped.wav").string(), (folder / "wide.mp3").string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const json& line : lines_of(result.out)) {
    EXPECT_THAT(line["text"].get<std::string>(), HasSubstr("young man")) << line["file"];
    EXPECT_NEAR(line["duration_s"].get<double>(), speech.duration_s(), 0.01);
  }
}

TEST(HostileCli, TruncatedRecordingIsHeardWithAWarning) {
  TestFolder folder;
  std::string whole = TestFolder::content_of(kLibrivox);
  folder.write("half.wav", whole.substr(0, whole.size() - 10001));
  ProgramResult result = run(kTranscribe, {(folder / "half.wav").string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("young"));
  EXPECT_THAT(result.err, HasSubstr("ends before its own end"));
}

TEST(HostileCli, WhatIsNoRecordingIsAnInputError) {
  TestFolder folder;
  std::string whole = TestFolder::content_of(kLibrivox);
  std::string empty = folder.write("empty.wav", "").string();
  std::string text = folder.write("text.wav", "This is a letter, not a recording.\n").string();
  std::string cut = folder.write("cut.flac", "fLaC").string();
  std::string odd = folder.write("odd\nname\x1b[31m.wav", "RIFF").string();
  expect_error(run(kTranscribe, {empty}), 3, "no bytes at all");
  expect_error(run(kTranscribe, {text}), 3, "This is a letter");
  expect_error(run(kTranscribe, {cut}), 3);
  ProgramResult escaped = run(kTranscribe, {odd});
  expect_error(escaped, 3);
  EXPECT_THAT(escaped.err, testing::Not(HasSubstr("\x1b[31m")));  // a name must not paint the terminal
  expect_error(run(kTranscribe, {folder.path().string()}), 3, "folder");
  expect_error(run(kTranscribe, {"/dev/zero"}), 3);
  expect_error(run(kTranscribe, {"-"}), 3, "standard input");
  expect_error(run({"ask", text, "Why?"}), 3);
  expect_error(run({"translate", empty}), 3);
}

TEST(HostileCli, HoursFromNothingAreRefused) {
  TestFolder folder;
  std::string bomb = audio::opus_bomb(10 * 3600);
  expect_error(run(kTranscribe, {folder.write("bomb.opus", bomb).string()}), 3, "max_seconds");
  // From a pipe its length is not known in advance.
  ProgramResult piped = run(kTranscribe, {"-"}, bomb);
  expect_error(piped, 3, "max_dense_seconds");
  // Six hours, the limit of all recordings, would be 1.4 GB. The thread sanitizer keeps books of its own on
  // it.
  EXPECT_LT(piped.peak_bytes, (kThreadSanitized ? 1000u : 600u) << 20);
}

TEST(HostileCli, WhatIsNoModelIsAModelError) {
  TestFolder folder;
  auto transcribe_with = [&](const fs::path& model) {
    return run({"transcribe", "--model", model.string()}, {kLibrivox});
  };
  folder.write("nothing/readme.txt", "no model");
  expect_error(transcribe_with(folder / "nothing"), 4);
  expect_error(transcribe_with(folder.write("text.gguf", "This is no model.")), 4);
  expect_error(run({"inspect", (folder / "text.gguf").string()}), 4);
  expect_error(
      run({"score", "--model", (folder / "text.gguf").string(), "--prompt", "a", "--continuation", "b"}), 4);
  expect_error(run({"ask", kLibrivox, "Why?", "--model", "whisper-tiny.en"}), 4);  // the wrong kind of model

  fs::path whisper = model_folder() / "whisper-tiny.en";
  std::string weights = TestFolder::content_of(whisper / "model.bin");
  folder.write("cut/model.bin", weights.substr(0, weights.size() / 2));
  for (const char* name : {"config.json", "tokenizer.json", "vocabulary.txt"}) {
    fs::create_symlink(whisper / name, folder / "cut" / name);
  }
  expect_error(transcribe_with(folder / "cut"), 4);
  fs::remove(folder / "cut/tokenizer.json");
  fs::remove(folder / "cut/vocabulary.txt");
  folder.write("cut/model.bin", weights);
  folder.write("cut/tokenizer.json", "{\"model\": [1, 2");
  expect_error(transcribe_with(folder / "cut"), 4);

  std::string language =
      TestFolder::content_of(model_folder() / "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
  std::string cut = folder.write("cut.gguf", language.substr(0, language.size() / 3)).string();
  expect_error(run({"score", "--model", cut, "--prompt", "a", "--continuation", "b"}), 4);
  expect_error(run({"inspect", cut}), 4);
}

// /dev/full and a limit on the size of files refuse bytes as a full disk does.
TEST(HostileCli, AFullDiskIsAnErrorAndLeavesNothing) {
  TestFolder folder;
  for (const char* command : {"--help", "version", "man", "models", "inspect --json silero-vad"}) {
    ProgramResult result = run_in_shell(std::string("exec $auris ") + command + " > /dev/full");
    expect_error(result, 3, "No space left on device");
  }
  std::string transcribe = "exec $auris transcribe --model whisper-tiny.en --beam-size 1 " + kLibrivox;
  expect_error(run_in_shell(transcribe + " --json > /dev/full"), 3, "No space left on device");
  // The thread sanitizer writes a file before the program begins, which such a limit kills.
  for (const char* flag : {"-otxt", "-osrt", "-ovtt", "-oj"}) {
    if (kThreadSanitized) break;
    ProgramResult result =
        run_in_shell("ulimit -f 0; " + transcribe + " " + flag + " -of " + (folder / "out").string());
    expect_error(result, 3, "File too large");
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

// Pulls one file from a hub of ours into folders of its own.
struct HubPull {
  HubPull(const std::string& repository, size_t bytes) : content(http::test_content(bytes)) {
    server.files.write("org/" + repository + "/model.gguf", content);
    environment = {"HF_ENDPOINT=" + server.url(), "HF_HOME=" + home.path().string(),
                   "AURIS_CACHE=" + (home / "auris").string()};
    command = "$auris pull hf:org/" + repository + ":model.gguf --json";
  }
  int whole_files() const {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(home.path())) {
      bool named = entry.path().parent_path().parent_path().filename() == "snapshots";
      count += named && fs::exists(entry.path()) ? 1 : 0;
    }
    return count;
  }
  void completes() const {
    ProgramResult done = run_in_shell("exec " + command, environment);
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(whole_files(), 1);
    EXPECT_EQ(TestFolder::content_of(json::parse(done.out)["path"].get<std::string>()), content);
  }

  http::TestServer server;
  TestFolder home;
  std::string content, command;
  std::vector<std::string> environment;
};

// A download that a full disk or a kill ends leaves nothing that is taken for whole, and the next one
// completes it.
TEST(HostileCli, AFullDiskWhilePulling) {
  HubPull pull("model", 450'000);
  expect_error(run_in_shell("ulimit -f 400; exec " + pull.command, pull.environment), 4,
               "File too large");  // blocks of 512 bytes
  EXPECT_EQ(pull.whole_files(), 0);
  pull.completes();
}

TEST(HostileCli, AKilledPull) {
  HubPull pull("slow", 2'000'000);  // takes 2 s
  for (const char* seconds : {"0.2", "0.6", "1"}) {
    ProgramResult killed =
        run_in_shell(std::string("exec timeout -s KILL ") + seconds + " " + pull.command, pull.environment);
    EXPECT_EQ(killed.exit_code, 128 + 9) << killed.err;
    EXPECT_EQ(pull.whole_files(), 0);
  }
  pull.completes();
}

}  // namespace
}  // namespace auris::tests
