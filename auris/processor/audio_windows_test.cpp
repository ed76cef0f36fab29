#include "auris/processor/audio_windows.h"

#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "auris/models/audio_llm/audio_llm_config.h"
#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::processor {
namespace {

using models::AudioLlmFamily;
using nlohmann::json;

models::AudioLlmConfig config_of(AudioLlmFamily family) {
  models::AudioLlmConfig config;
  config.family = family;
  config.encoder.n_mels = 128;
  config.encoder.pooling = family == AudioLlmFamily::kQwen2Audio ? 2 : 1;
  config.projector.stack = family == AudioLlmFamily::kUltravox ? 8 : 1;
  config.context_frames = family == AudioLlmFamily::kQwen2Audio ? 2 : 0;
  if (family == AudioLlmFamily::kLlaso) config.window_rows = models::WindowRows::kWhole;
  return config;
}

const audio::WhisperFrontend& frontend() {
  static const audio::WhisperFrontend one(128);
  return one;
}

std::vector<int64_t> rows_of(size_t samples, AudioLlmFamily family) {
  models::AudioLlmConfig config = config_of(family);
  std::vector<int64_t> rows;
  for (const models::AudioWindow& window :
       audio_windows({std::vector<float>(samples), 16000}, config, frontend())) {
    EXPECT_LE(window.frames, window.mel.rows());
    rows.push_back(models::audio_rows(config, window.frames));
  }
  return rows;
}

std::filesystem::path golden(const char* name) {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "processor" / name;
}

json golden_rows(const char* family) {
  std::ifstream file(golden("cases.json"));
  return json::parse(file)[family]["rows"];
}

TEST(AudioWindows, RowsOfUltravoxAsTheReferenceCounts) {
  json all = golden_rows("ultravox");
  ASSERT_EQ(all.size(), 15u);
  for (const auto& [samples, rows] : all.items()) {
    EXPECT_EQ(rows_of(std::stoull(samples), AudioLlmFamily::kUltravox), rows.get<std::vector<int64_t>>())
        << samples;
  }
}

TEST(AudioWindows, RowsOfQwen2AudioAsTheReferenceCounts) {
  json all = golden_rows("qwen2_audio");
  ASSERT_EQ(all.size(), 11u);
  for (const auto& [samples, rows] : all.items()) {
    int64_t expected = rows;
    if (expected == 0) continue;  // too short to be heard: an error here
    EXPECT_EQ(rows_of(std::stoull(samples), AudioLlmFamily::kQwen2Audio), std::vector<int64_t>{expected})
        << samples;
  }
}

TEST(AudioWindows, NothingIsLeftOutOfLongRecordings) {
  EXPECT_EQ(rows_of(480000 * 2 + 1600, AudioLlmFamily::kQwen2Audio), (std::vector<int64_t>{750, 750, 2}));
  EXPECT_EQ(rows_of(480000 * 2 + 1600, AudioLlmFamily::kLlaso), (std::vector<int64_t>{1500, 1500, 1500}));
  // LLaSO steps by 480,001 samples.
  EXPECT_EQ(rows_of(480001, AudioLlmFamily::kLlaso).size(), 1u);
  EXPECT_EQ(rows_of(480002, AudioLlmFamily::kLlaso).size(), 2u);
}

// Behind the end of a longer recording, Ultravox' last stack of 8 rows sees the encoder's rows of empty
// frames.
TEST(AudioWindows, UltravoxPadsTheLastStackOfLongRecordings) {
  models::AudioLlmConfig config = config_of(AudioLlmFamily::kUltravox);
  audio::AudioClip clip{std::vector<float>(533333), 16000};
  std::vector<models::AudioWindow> windows = audio_windows(clip, config, frontend());
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_EQ(windows[0].mel.rows(), 3000);
  EXPECT_EQ(windows[1].frames, 334);              // 167 rows, 21 stacks
  EXPECT_EQ(windows[1].mel.rows(), 21 * 16 + 1);  // two frames a row, one for the convolutions
  Tensor empty = windows[1].mel.slice_rows(334, 3);
  for (float value : empty.span<float>()) EXPECT_EQ(value, 0.0f);
  clip.samples.resize(480000 + 16 * 160);
  windows = audio_windows(clip, config, frontend());
  EXPECT_EQ(windows[1].mel.rows(), 17);  // a whole stack
  clip.samples.resize(100000);
  EXPECT_EQ(audio_windows(clip, config, frontend())[0].mel.rows(), 625);  // a first window has no padding
}

// What the encoder is given, frame by frame.
TEST(AudioWindows, FeaturesAsTheReference) {
  auto file = weights::open_checkpoint(golden("features.safetensors"));
  Tensor samples = file->tensor("clip");
  audio::AudioClip clip{{samples.span<float>().begin(), samples.span<float>().end()}, 16000};
  for (const auto& [name, family] : {std::pair{"ultravox.mel", AudioLlmFamily::kUltravox},
                                     std::pair{"qwen2_audio.mel", AudioLlmFamily::kQwen2Audio}}) {
    std::vector<models::AudioWindow> windows = audio_windows(clip, config_of(family), frontend());
    ASSERT_EQ(windows.size(), 1u);
    const Tensor& ours = windows[0].mel;
    Tensor expected = file->tensor(name);
    EXPECT_EQ(windows[0].frames, 28);
    ASSERT_LE(ours.rows(), expected.rows());
    EXPECT_EQ(ours.rows(), family == AudioLlmFamily::kUltravox ? 28 : 30);
    for (int64_t i = 0; i < ours.elements(); ++i) {
      ASSERT_NEAR(ours.data<float>()[i], expected.data<float>()[i], 1e-4) << name << " at " << i;
    }
  }
}

}  // namespace
}  // namespace auris::processor
