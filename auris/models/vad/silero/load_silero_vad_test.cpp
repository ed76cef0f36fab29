#include "auris/models/vad/silero/load_silero_vad.h"

#include <gtest/gtest.h>

#include <cmath>

#include "auris/audio/decode.h"
#include "auris/audio/golden_file.h"
#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::models {
namespace {

std::vector<float> sentence(const std::string& number) {
  return audio::decode_audio(
             "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-" + number +
             ".wav")
      .samples;
}

// The recordings of tools/reference/voice_activity.py.
std::vector<float> speech() {
  std::vector<float> all;
  for (const char* number : {"0870", "0880", "0890", "0920", "0930"}) {
    std::vector<float> part = sentence(number);
    all.insert(all.end(), part.begin(), part.end());
    all.insert(all.end(), 16000, 0.0f);
  }
  return all;
}

std::vector<float> noise() {
  std::vector<float> out(48000);
  uint32_t state = 1;
  for (float& x : out) {
    state = state * 1664525u + 1013904223u;
    x = 0.1f * (static_cast<float>(static_cast<int>(state >> 16) - 32768) / 32768.0f);
  }
  return out;
}

std::vector<float> probabilities_of(audio::VoiceDetector& detector, std::span<const float> samples) {
  std::vector<float> out;
  detector.push(samples, out);
  detector.finish(out);
  return out;
}

TEST(SileroVad, EqualsTheReference) {
  auto golden = audio::read_golden("silero_vad.safetensors");
  auto detector = load_silero_vad();
  std::vector<float> mixed = speech();
  std::vector<float> hiss = noise();
  for (size_t i = 0; i < mixed.size(); ++i) mixed[i] += 0.2f * hiss[i % hiss.size()];
  std::vector<float> brief = sentence("0870");
  brief.resize(600);
  std::map<std::string, std::vector<float>> recordings = {
      {"speech", speech()}, {"noise", hiss}, {"mixed", mixed}, {"short", brief}};
  for (const auto& [name, samples] : recordings) {
    std::vector<float> ours = probabilities_of(*detector, samples);
    const std::vector<float>& theirs = golden.at(name).values;
    ASSERT_EQ(ours.size(), theirs.size()) << name;
    float worst = 0;
    for (size_t i = 0; i < ours.size(); ++i) worst = std::max(worst, std::fabs(ours[i] - theirs[i]));
    EXPECT_LE(worst, 1e-4f) << name;
    RecordProperty("worst_" + name, std::to_string(worst));
  }
}

TEST(SileroVad, StreamsLikeTheWhole) {
  auto detector = load_silero_vad();
  std::vector<float> samples = speech();
  std::vector<float> whole = probabilities_of(*detector, samples);
  std::vector<float> pieces;
  std::span<const float> rest = samples;
  for (size_t step = 1; !rest.empty(); step = step * 3 % 9973) {
    size_t take = std::min(step, rest.size());
    detector->push(rest.first(take), pieces);
    rest = rest.subspan(take);
  }
  detector->finish(pieces);
  ASSERT_EQ(whole.size(), pieces.size());
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(whole[i], pieces[i], 1e-6f) << i;
}

TEST(SileroVad, RefusesOtherFiles) {
  EXPECT_THROW(load_silero_vad("/usr/share/pocketsphinx/test/data/librivox/fileids"), Error);
  EXPECT_THROW(load_silero_vad(std::string(AURIS_SOURCE_DIR) + "/tests/golden/audio/silero_vad.safetensors"),
               Error);
}

}  // namespace
}  // namespace auris::models
