#include "auris/audio/wav_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"

namespace auris::audio {
namespace {

std::filesystem::path temporary(const char* name) {
  return std::filesystem::path(::testing::TempDir()) / name;
}

TEST(WavWriter, RoundTrip) {
  Rng rng(1);
  AudioClip clip{.samples = std::vector<float>(3001), .sample_rate_hz = 22050};
  for (float& x : clip.samples) x = static_cast<float>(2 * rng.uniform() - 1);
  for (WavEncoding encoding : {WavEncoding::kPcm16, WavEncoding::kFloat32}) {
    write_wav(temporary("round.wav"), clip, encoding);
    DecodeReport report;
    AudioClip back = decode_audio(temporary("round.wav"), {.sample_rate_hz = 0}, &report);
    EXPECT_EQ(back.sample_rate_hz, 22050);
    EXPECT_FALSE(report.truncated);
    ASSERT_EQ(back.samples.size(), clip.samples.size());
    for (size_t i = 0; i < clip.samples.size(); ++i) {
      EXPECT_NEAR(back.samples[i], clip.samples[i],
                  encoding == WavEncoding::kPcm16 ? 0.50001f / 32768 : 0.0f);
    }
  }
}

TEST(WavWriter, InMemoryItIsTheSameFile) {
  AudioClip clip{.samples = {0.0f, 0.25f, -2.0f, std::nanf(""), 1.0f}, .sample_rate_hz = 16000};
  write_wav(temporary("memory.wav"), clip);
  std::ifstream file(temporary("memory.wav"), std::ios::binary);
  EXPECT_EQ(wav_bytes(clip), std::string(std::istreambuf_iterator<char>(file), {}));
  clip.sample_rate_hz = 0;
  EXPECT_THROW(wav_bytes(clip), Error);
}

TEST(WavWriter, LimitsWhatDoesNotFit) {
  AudioClip clip;
  clip.samples = {2.0f, -2.0f, 1e30f, -std::numeric_limits<float>::infinity(),
                  std::numeric_limits<float>::quiet_NaN()};
  write_wav(temporary("loud.wav"), clip);
  std::vector<float> top = {32767.0f / 32768, -1.0f, 32767.0f / 32768, -1.0f, 0.0f};
  EXPECT_EQ(decode_audio(temporary("loud.wav")).samples, top);
}

TEST(WavWriter, NothingUnderTheNameUntilItIsWhole) {
  std::filesystem::path path = temporary("partial.wav");
  std::filesystem::remove(path);
  {
    WavWriter writer(path, 16000);
    writer.write(std::vector<float>(100, 0.1f));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
  EXPECT_THROW(WavWriter("/nowhere/at/all.wav", 16000), Error);
  EXPECT_THROW(WavWriter(path, 0), Error);
}

TEST(WavWriter, FullDisk) {
  // /dev/full fails every write, as a full disk does.
  EXPECT_THROW(
      {
        std::filesystem::path link = temporary("full.wav.part");
        std::filesystem::remove(link);
        std::filesystem::create_symlink("/dev/full", link);
        WavWriter writer(temporary("full.wav"), 16000);
        for (int i = 0; i < 100; ++i) writer.write(std::vector<float>(100000, 0.1f));
        writer.finish();
      },
      Error);
  EXPECT_FALSE(std::filesystem::exists(temporary("full.wav")));
}

TEST(WavWriter, RoundsHalvesAwayFromZero) {
  AudioClip clip{.samples = {0.5f, -0.5f, 0.49999997f, 1.5f, -2.5f, 32766.5f, 40000.0f, -32768.5f, 1e30f},
                 .sample_rate_hz = 16000};
  for (float& x : clip.samples) x /= 32768.0f;
  clip.samples.insert(clip.samples.end(), {std::numeric_limits<float>::infinity(),
                                           -std::numeric_limits<float>::infinity(), std::nanf("")});
  const std::string bytes = wav_bytes(clip);
  std::vector<int16_t> pcm(clip.samples.size());
  std::memcpy(pcm.data(), bytes.data() + bytes.size() - 2 * pcm.size(), 2 * pcm.size());
  EXPECT_EQ(pcm, (std::vector<int16_t>{1, -1, 0, 2, -3, 32767, 32767, -32768, 32767, 32767, -32768, 0}));
}

TEST(WavWriter, RoundsEveryLengthAsRoundDoes) {
  for (size_t length = 1; length < 40; ++length) {
    AudioClip clip{.samples = std::vector<float>(length), .sample_rate_hz = 16000};
    std::vector<int16_t> expected(length);
    for (size_t i = 0; i < length; ++i) {
      clip.samples[i] =
          static_cast<float>(static_cast<int64_t>((i + 7 * length) * 2654435761u % 80000) - 40000) * 0.83f /
          32768.0f;
      expected[i] =
          static_cast<int16_t>(std::clamp(std::round(clip.samples[i] * 32768.0), -32768.0, 32767.0));
    }
    const std::string bytes = wav_bytes(clip);
    std::vector<int16_t> pcm(length);
    std::memcpy(pcm.data(), bytes.data() + bytes.size() - 2 * length, 2 * length);
    EXPECT_EQ(pcm, expected) << length;
  }
}

}  // namespace
}  // namespace auris::audio
