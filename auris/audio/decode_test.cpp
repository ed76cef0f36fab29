#include "auris/audio/decode.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <thread>

#include "auris/audio/audio_reader.h"
#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::audio {
namespace {

std::string corpus(const std::string& name) {
  return std::string(AURIS_SOURCE_DIR) + "/tests/fuzz/corpus/decode_audio/" + name;
}

// Amplitudes of the two tones of tools/make_audio_corpus.sh, and the share of the energy that is neither, in
// the middle half of the clip.
struct Tones {
  double left = 0;   // 400 Hz
  double right = 0;  // 1000 Hz
  double rest_db = 0;
};

Tones tones_of(const AudioClip& clip) {
  // The middle, cut to whole periods of both tones (200 Hz).
  auto period = static_cast<size_t>(clip.sample_rate_hz / 200);
  size_t count = clip.samples.size() / 2 / period * period;
  size_t begin = clip.samples.size() / 4;
  double energy = 0;
  std::array<double, 4> parts{};
  for (size_t i = 0; i < count; ++i) {
    double x = clip.samples[begin + i];
    double turn = 2 * std::numbers::pi * static_cast<double>(i) / clip.sample_rate_hz;
    energy += x * x;
    parts[0] += x * std::sin(400 * turn), parts[1] += x * std::cos(400 * turn);
    parts[2] += x * std::sin(1000 * turn), parts[3] += x * std::cos(1000 * turn);
  }
  for (double& part : parts) part *= 2.0 / static_cast<double>(count);
  Tones tones{.left = std::hypot(parts[0], parts[1]), .right = std::hypot(parts[2], parts[3])};
  double mean = energy / static_cast<double>(count);
  double rest = mean - (tones.left * tones.left + tones.right * tones.right) / 2;
  tones.rest_db = 10 * std::log10(std::max(rest, 1e-20) / mean);
  return tones;
}

struct Case {
  const char* file;
  const char* format;
  const char* codec;
  int rate_hz;
  int channels;
  double noise_db;     // what the codec may add
  double extra_s = 0;  // padding that the format cannot mark
};

constexpr Case kCases[] = {
    {"u8.wav", "wav", "pcm_u8", 8000, 2, -38},
    {"s16.wav", "wav", "pcm_s16le", 16000, 2, -80},
    {"s24.wav", "wav", "pcm_s24le", 11025, 2, -80},
    {"s32.wav", "wav", "pcm_s32le", 8000, 2, -80},
    {"f32.wav", "wav", "pcm_f32le", 8000, 2, -80},
    {"f64.wav", "wav", "pcm_f64le", 8000, 2, -80},
    {"alaw.wav", "wav", "pcm_alaw", 8000, 2, -30},
    {"mulaw.wav", "wav", "pcm_mulaw", 8000, 2, -30},
    {"adpcm_ms.wav", "wav", "adpcm_ms", 8000, 2, -20, 0.01},
    {"adpcm_ima.wav", "wav", "adpcm_ima_wav", 8000, 2, -20, 0.01},
    {"rf64.wav", "wav", "pcm_s16le", 8000, 2, -80},
    {"extensible.wav", "wav", "pcm_s24le", 8000, 6, -80},
    {"s24.aiff", "aiff", "pcm_s24be", 11025, 2, -80},
    {"f32.aifc", "aiff", "pcm_f32be", 8000, 2, -80},
    {"s16.flac", "flac", "flac", 44100, 2, -80},
    {"lame.mp3", "mp3", "mp3float", 44100, 2, -20},
    {"plain.mp3", "mp3", "mp3float", 22050, 2, -20, 0.08},
    {"tagged.mp3", "mp3", "mp3float", 48000, 2, -20},
    {"vorbis.ogg", "ogg", "vorbis", 44100, 2, -20},
    {"flac.ogg", "ogg", "flac", 16000, 2, -80},
    {"opus.ogg", "ogg", "opus", 48000, 2, -18},
    {"opus.webm", "webm", "opus", 48000, 2, -18},
    {"vorbis.webm", "webm", "vorbis", 22050, 2, -20, 0.02},
    {"end.m4a", "mp4", "aac", 44100, 2, -18, 0.01},
    {"fast.m4a", "mp4", "aac", 44100, 2, -18, 0.01},
    {"alac.m4a", "mp4", "alac", 16000, 2, -80},
    {"adts.aac", "aac", "aac", 44100, 2, -18, 0.03},
};

class DecodeFormat : public ::testing::TestWithParam<Case> {};

TEST_P(DecodeFormat, GivesTheTones) {
  const Case& expected = GetParam();
  DecodeReport report;
  AudioClip clip = decode_audio(corpus(expected.file), {}, &report);
  EXPECT_EQ(report.format, expected.format);
  EXPECT_EQ(report.codec, expected.codec);
  EXPECT_EQ(report.sample_rate_hz, expected.rate_hz);
  EXPECT_EQ(report.channels, expected.channels);
  EXPECT_FALSE(report.truncated);
  EXPECT_EQ(report.damaged_packets, 0);
  EXPECT_EQ(clip.sample_rate_hz, 16000);
  EXPECT_NEAR(clip.duration_s(), report.duration_s, 1e-4);
  EXPECT_NEAR(clip.duration_s(), 0.25, 0.004 + expected.extra_s);
  Tones mixed = tones_of(clip);
  double tolerance = expected.noise_db < -30 ? 0.003 : 0.015;  // LAME turns the volume down to 0.95
  EXPECT_NEAR(mixed.left, 0.25, tolerance);
  EXPECT_NEAR(mixed.right, 0.25, tolerance);
  EXPECT_LT(mixed.rest_db, expected.noise_db);

  Tones right = tones_of(decode_audio(corpus(expected.file), {.channel = 1}));
  EXPECT_NEAR(right.left, 0, 2 * tolerance);
  EXPECT_NEAR(right.right, 0.5, 2 * tolerance);
}

// The same bytes from memory, and from a pipe that cannot seek, under a name that says nothing.
TEST_P(DecodeFormat, FromMemoryAndFromAPipe) {
  std::ifstream file(corpus(GetParam().file), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  AudioClip from_file = decode_audio(corpus(GetParam().file), {.sample_rate_hz = 0});
  AudioClip from_memory =
      decode_audio(AudioSource::memory(std::as_bytes(std::span(bytes))), {.sample_rate_hz = 0});
  EXPECT_EQ(from_file.samples, from_memory.samples);

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    size_t written = 0;
    while (written < bytes.size()) {
      ssize_t count =
          ::write(ends[1], bytes.data() + written, std::min<size_t>(1000, bytes.size() - written));
      if (count <= 0) break;
      written += static_cast<size_t>(count);
    }
    ::close(ends[1]);
  });
  DecodeReport report;
  AudioClip from_pipe = decode_audio(AudioSource::stream(ends[0], "pipe"), {.sample_rate_hz = 0}, &report);
  writer.join();
  ::close(ends[0]);
  EXPECT_FALSE(report.truncated);
  if (std::string(GetParam().format) == "mp3") {
    // Of an MP3 from a pipe, libav does not take the padding off the end that LAME's header tells.
    ASSERT_GE(from_pipe.samples.size(), from_file.samples.size());
    EXPECT_LT(from_pipe.samples.size() - from_file.samples.size(), 2 * 1152u);
    from_pipe.samples.resize(from_file.samples.size());
  }
  EXPECT_EQ(from_file.samples, from_pipe.samples);
}

INSTANTIATE_TEST_SUITE_P(All, DecodeFormat, ::testing::ValuesIn(kCases), [](const auto& one) {
  std::string name = one.param.file;
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
});

TEST(DecodeAudio, EightChannelsAt192kHz) {
  DecodeReport report;
  AudioClip clip = decode_audio(corpus("eight.flac"), {}, &report);
  EXPECT_EQ(report.channels, 8);
  EXPECT_EQ(report.sample_rate_hz, 192000);
  EXPECT_EQ(clip.samples.size(), 800u);
  Tones tones = tones_of(clip);
  EXPECT_NEAR(tones.left, 0.25, 0.003);
  EXPECT_NEAR(tones.right, 0.25, 0.003);
  EXPECT_LT(tones.rest_db, -60);
  EXPECT_EQ(decode_audio(corpus("eight.flac"), {.sample_rate_hz = 0}).sample_rate_hz, 192000);
}

// libav's encoder wrote 0.25 s of one tone mix; G.722 has no header that could tell.
TEST(DecodeAudio, G722ByNameOrHintOnly) {
  DecodeReport report;
  AudioClip clip = decode_audio(corpus("mono.g722"), {}, &report);
  EXPECT_EQ(report.codec, "g722");
  EXPECT_EQ(clip.samples.size(), 4000u);
  EXPECT_LT(tones_of(clip).rest_db, -20);

  std::ifstream file(corpus("mono.g722"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto source = AudioSource::memory(std::as_bytes(std::span(bytes)));
  EXPECT_THROW(decode_audio(source), Error);
  EXPECT_EQ(decode_audio(source, {.expect_g722 = true}).samples, clip.samples);

  EXPECT_EQ(decode_audio("/usr/share/asterisk/sounds/en_US_f_Allison/activated.g722").samples.size(),
            2 * std::filesystem::file_size("/usr/share/asterisk/sounds/en_US_f_Allison/activated.g722"));
}

TEST(DecodeAudio, ContentBeatsNameAndHint) {
  for (const char* name : {"lame.mp3", "s16.wav", "opus.ogg", "adts.aac", "end.m4a"}) {
    std::filesystem::path lie = std::filesystem::path(::testing::TempDir()) / "lie.g722";
    std::filesystem::copy_file(corpus(name), lie, std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(decode_audio(lie, {.expect_g722 = true}).samples, decode_audio(corpus(name)).samples) << name;
  }
}

TEST(AudioReader, BlocksOfAnySizeGiveTheSame) {
  AudioClip whole = decode_audio(corpus("s16.flac"));
  AudioReader reader(corpus("s16.flac"));
  std::vector<float> pieces;
  std::vector<float> block;
  for (size_t size = 1;; size = size * 5 % 997) {
    block.resize(size);
    size_t count = reader.read(block);
    pieces.insert(pieces.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
    if (count == 0) break;
  }
  EXPECT_EQ(pieces, whole.samples);
  EXPECT_EQ(reader.read(block), 0u);
  EXPECT_NEAR(reader.declared_s(), 0.25, 1e-6);
}

TEST(DecodeAudio, CountsClippingAndReplacesNonFiniteSamples) {
  std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "odd.wav";
  AudioClip clip{.samples = std::vector<float>(1000, 0.25f), .sample_rate_hz = 16000};
  for (size_t i = 0; i < 100; ++i) clip.samples[i] = i % 2 == 0 ? 1.0f : -1.0f;
  clip.samples[500] = std::numeric_limits<float>::quiet_NaN();
  clip.samples[501] = -std::numeric_limits<float>::infinity();
  write_wav(path, clip, WavEncoding::kFloat32);
  DecodeReport report;
  AudioClip back = decode_audio(path, {}, &report);
  EXPECT_EQ(report.non_finite, 2);
  EXPECT_NEAR(report.clipped_share, 0.1, 1e-9);
  clip.samples[500] = clip.samples[501] = 0;
  EXPECT_EQ(back.samples, clip.samples);
}

}  // namespace
}  // namespace auris::audio
