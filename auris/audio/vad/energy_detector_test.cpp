#include <gtest/gtest.h>

#include <limits>

#include "auris/audio/decode.h"
#include "auris/audio/vad.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"

namespace auris::audio {
namespace {

constexpr int kRate = 16000;

// A second of noise, a LibriVox sentence over it, a second of noise, and so on; where the sentences lie.
struct Scene {
  std::vector<float> samples;
  std::vector<SpeechSpan> sentences;
};

Scene make_scene(double noise) {
  Scene scene;
  Rng rng(3);
  auto quiet = [&] { scene.samples.insert(scene.samples.end(), kRate, 0.0f); };
  quiet();
  for (const char* number : {"0870", "0880", "0890", "0920", "0930"}) {
    AudioClip clip = decode_audio(
        std::string("/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-") +
        number + ".wav");
    double begin = static_cast<double>(scene.samples.size()) / kRate;
    scene.samples.insert(scene.samples.end(), clip.samples.begin(), clip.samples.end());
    scene.sentences.push_back({begin, static_cast<double>(scene.samples.size()) / kRate});
    quiet();
  }
  for (float& x : scene.samples) x += static_cast<float>(noise * rng.normal());
  return scene;
}

double total(const std::vector<SpeechSpan>& spans) {
  double sum = 0;
  for (SpeechSpan span : spans) sum += span.end_s - span.begin_s;
  return sum;
}

double shared(const std::vector<SpeechSpan>& a, const std::vector<SpeechSpan>& b) {
  double sum = 0;
  for (SpeechSpan x : a) {
    for (SpeechSpan y : b) sum += std::max(0.0, std::min(x.end_s, y.end_s) - std::max(x.begin_s, y.begin_s));
  }
  return sum;
}

TEST(EnergyDetector, FindsSentencesInNoise) {
  for (double noise : {0.0, 0.0005, 0.003}) {
    Scene scene = make_scene(noise);
    auto detector = make_energy_detector();
    std::vector<SpeechSpan> found =
        detect_speech(*detector, scene.samples, {.min_silence_ms = 300, .pad_ms = 100});
    double hit = shared(found, scene.sentences);
    EXPECT_GT(hit / total(scene.sentences), 0.85) << noise;         // recall; the sentences contain pauses
    EXPECT_LT((total(found) - hit) / total(found), 0.06) << noise;  // false alarms, padding included
  }
}

TEST(EnergyDetector, HearsNothingInSilenceAndSteadyNoise) {
  auto detector = make_energy_detector();
  std::vector<float> silence(10 * kRate, 0.0f);
  EXPECT_TRUE(detect_speech(*detector, silence).empty());
  Rng rng(5);
  for (double level : {1e-4, 1e-2, 0.2}) {
    std::vector<float> noise(10 * kRate);
    for (float& x : noise) x = static_cast<float>(level * rng.normal());
    EXPECT_TRUE(detect_speech(*detector, noise).empty()) << level;
  }
}

TEST(EnergyDetector, StreamsLikeTheWhole) {
  Scene scene = make_scene(0.001);
  auto detector = make_energy_detector();
  std::vector<float> whole, pieces;
  detector->push(scene.samples, whole);
  detector->finish(whole);
  EXPECT_EQ(whole.size(), (scene.samples.size() + 479) / 480);
  std::span<const float> rest = scene.samples;
  for (size_t step = 1; !rest.empty(); step = step * 3 % 7001) {
    size_t take = std::min(step, rest.size());
    detector->push(rest.first(take), pieces);
    rest = rest.subspan(take);
  }
  detector->finish(pieces);
  EXPECT_EQ(whole, pieces);
}

TEST(EnergyDetector, FewOrBadSamples) {
  auto detector = make_energy_detector();
  EXPECT_TRUE(detect_speech(*detector, {}).empty());
  std::vector<float> one = {0.5f};
  std::vector<float> probabilities;
  detector->push(one, probabilities);
  detector->finish(probabilities);
  EXPECT_EQ(probabilities.size(), 1u);
  one[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(detect_speech(*detector, one), Error);
}

}  // namespace
}  // namespace auris::audio
