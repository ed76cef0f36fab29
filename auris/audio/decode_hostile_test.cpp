#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <ctime>
#include <fstream>
#include <functional>
#include <thread>

#include "auris/audio/audio_reader.h"
#include "auris/audio/decode.h"
#include "auris/audio/testing/opus_bomb.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "tests/source_folder.h"

namespace auris::audio {
namespace {

namespace fs = std::filesystem;

fs::path corpus_folder() { return fs::path(AURIS_SOURCE_DIR) / "tests/fuzz/corpus/decode_audio"; }

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

AudioSource source_of(const std::string& bytes) {
  return AudioSource::memory(std::as_bytes(std::span(bytes)));
}

// The text of the kInput error that `work` must throw.
std::string input_error(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(HostileAudio, NoRecordingAtAll) {
  std::string empty;
  EXPECT_NE(input_error([&] { decode_audio(source_of(empty)); }).find("no bytes"), std::string::npos);
  std::string text = "Ceci n'est pas un enregistrement.\n";
  EXPECT_NE(input_error([&] { decode_audio(source_of(text)); }).find("Ceci n'est pas u"), std::string::npos);
  EXPECT_NE(input_error([&] { decode_audio(fs::path(::testing::TempDir())); }).find("folder"),
            std::string::npos);
  EXPECT_NE(input_error([&] { decode_audio("/nowhere/at/all.wav"); }).find("No such file"),
            std::string::npos);
  EXPECT_NE(input_error([&] { decode_audio("/dev/zero"); }).find("neither"), std::string::npos);
  Rng rng(11);
  for (int round = 0; round < 50; ++round) {
    std::string noise(rng.below(5000) + 1, '\0');
    for (char& c : noise) c = static_cast<char>(rng.next());
    input_error([&] { decode_audio(source_of(noise)); });
  }
}

TEST(HostileAudio, PlaylistsOpenNothing) {
  std::string m3u = "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n";
  std::string concat = "ffconcat version 1.0\nfile /etc/passwd\n";
  std::string sdp = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n";
  for (const std::string& text : {m3u, concat, sdp}) input_error([&] { decode_audio(source_of(text)); });
}

// Every file of the corpus cut at each quarter and just before its end: what is there, or a clear error,
// never more than the whole. Formats that can tell must tell.
TEST(HostileAudio, TruncatedFiles) {
  for (const auto& entry : fs::directory_iterator(corpus_folder())) {
    std::string whole = bytes_of(entry.path());
    std::string name = entry.path().filename().string();
    if (whole.size() < 100) continue;
    bool g722 = name.ends_with(".g722");
    size_t full = decode_audio(source_of(whole), {.expect_g722 = g722}).samples.size();
    for (size_t size : {whole.size() / 4, whole.size() / 2, 3 * whole.size() / 4, whole.size() - 1}) {
      std::string part = whole.substr(0, size);
      try {
        DecodeReport report;
        AudioClip clip = decode_audio(source_of(part), {.expect_g722 = g722}, &report);
        EXPECT_LE(clip.samples.size(), full + 2048) << name << " " << size;  // lossy end trimming may be lost
        bool tells = report.format == "wav" || report.format == "ogg" || report.format == "flac";
        EXPECT_TRUE(report.truncated || !tells) << name << " " << size;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInput) << name << " " << size << ": " << error.what();
        EXPECT_FALSE(name == "s16.wav" || name == "s16.flac") << error.what();  // most of it is there
      }
    }
  }
}

TEST(HostileAudio, HeaderOnly) {
  std::string header = bytes_of(corpus_folder() / "s16.wav").substr(0, 44);
  DecodeReport report;
  EXPECT_TRUE(decode_audio(source_of(header), {}, &report).samples.empty());
  EXPECT_TRUE(report.truncated);
  for (const char* magic : {"RIFF", "fLaC", "OggS", "\x1a\x45\xdf\xa3", "ID3\x04", "RIFF____WAVE"}) {
    std::string bytes = magic;
    input_error([&] { decode_audio(source_of(bytes)); });
  }
}

TEST(HostileAudio, AbsurdWavHeaders) {
  const std::string good = bytes_of(corpus_folder() / "s16.wav");
  auto patched = [&](size_t offset, uint64_t value, size_t width) {
    std::string bytes = good;
    for (size_t i = 0; i < width; ++i) bytes[offset + i] = static_cast<char>(value >> (8 * i));
    return bytes;
  };
  for (uint64_t channels : {0u, 33u, 65535u}) {
    std::string bytes = patched(22, channels, 2);
    input_error([&] { decode_audio(source_of(bytes)); });
  }
  for (uint64_t rate : {0u, 1u, 999u, 768001u, 4000000000u}) {
    std::string bytes = patched(24, rate, 4);
    input_error([&] { decode_audio(source_of(bytes)); });
  }
  EXPECT_NE(input_error([&] { decode_audio(source_of(patched(24, 999, 4))); }).find("min_rate_hz"),
            std::string::npos);
  // A data length that lies: what is there is decoded.
  for (uint64_t length : {0xffffffffu, 0x7fffffffu, 0x10000000u}) {
    DecodeReport report;
    EXPECT_EQ(decode_audio(source_of(patched(40, length, 4)), {}, &report).samples.size(), 4000u) << length;
    EXPECT_EQ(report.truncated, length == 0x10000000u) << length;
  }
}

TEST(HostileAudio, LimitsHoldWhileDecoding) {
  fs::path path = corpus_folder() / "s16.flac";
  EXPECT_NE(input_error([&] { decode_audio(path, {.max_seconds = 0.2}); }).find("max_seconds"),
            std::string::npos);
  EXPECT_NE(input_error([&] {
              decode_audio(corpus_folder() / "s16.wav", {.max_seconds = 0.2});
            }).find("max_seconds"),
            std::string::npos);
  EXPECT_NE(input_error([&] { decode_audio(path, {.max_channels = 1}); }).find("max_channels"),
            std::string::npos);
  EXPECT_NE(input_error([&] { decode_audio(path, {.max_rate_hz = 16000}); }).find("max_rate_hz"),
            std::string::npos);
  EXPECT_NE(input_error([&] { decode_audio(path, {.max_file_bytes = 1000}); }).find("max_file_bytes"),
            std::string::npos);
  try {
    decode_audio(path, {.channel = 2});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
}

// Runs `reader` over a FIFO that another thread fills.
void through_fifo(const std::string& bytes, const std::function<void(const fs::path&)>& reader) {
  fs::path path = fs::path(::testing::TempDir()) / ("fifo" + std::to_string(::getpid()));
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  ::signal(SIGPIPE, SIG_IGN);
  std::thread writer([&] {
    FILE* file = std::fopen(path.c_str(), "wb");  // waits for the reader
    if (file == nullptr) return;
    std::fwrite(bytes.data(), 1, bytes.size(), file);  // ends with EPIPE if the reader has gone
    std::fclose(file);
  });
  reader(path);
  writer.join();
  fs::remove(path);
}

TEST(HostileAudio, Fifo) {
  std::string wav = bytes_of(corpus_folder() / "s16.wav");
  through_fifo(wav, [&](const fs::path& path) { EXPECT_EQ(decode_audio(path).samples.size(), 4000u); });
  std::string m4a = bytes_of(corpus_folder() / "end.m4a");
  through_fifo(m4a, [&](const fs::path& path) {
    EXPECT_NE(input_error([&] { decode_audio(path, {.max_buffer_bytes = 1000}); }).find("max_buffer_bytes"),
              std::string::npos);
  });
}

TEST(HostileAudio, GarbageInTheMiddleOfAnMp3) {
  std::string good = bytes_of(corpus_folder() / "plain.mp3");
  DecodeReport clean;
  decode_audio(source_of(good), {}, &clean);
  std::string bytes;
  for (int copy = 0; copy < 20; ++copy) bytes += good;
  size_t middle = bytes.size() / 2;
  Rng rng(4);
  for (size_t i = 0; i < 3000; ++i) bytes[middle + i] = static_cast<char>(rng.next());
  DecodeReport report;
  AudioClip clip = decode_audio(source_of(bytes), {}, &report);
  EXPECT_EQ(report.format, "mp3");
  EXPECT_GT(clip.duration_s(), 0.8 * 20 * clean.duration_s);
  EXPECT_LT(clip.duration_s(), 1.05 * 20 * clean.duration_s);
  for (float x : clip.samples) ASSERT_TRUE(std::isfinite(x));
  std::string junk_first = std::string(5000, '\x55') + good;
  EXPECT_EQ(decode_audio(source_of(junk_first)).samples.size(), decode_audio(source_of(good)).samples.size());
}

size_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<size_t>(usage.ru_maxrss) * 1024;
}

TEST(HostileAudio, TenHourOpusBomb) {
  std::string bomb = opus_bomb(10 * 3600);
  ASSERT_LT(bomb.size(), 1200000u);
  size_t before = peak_memory_bytes();
  const std::clock_t begin = std::clock();  // processor time: a busy machine may take its time
  EXPECT_NE(input_error([&] { decode_audio(source_of(bomb)); }).find("max_seconds"), std::string::npos);
  // From a pipe its length is not known: it is decoded as far as the limit, in constant memory.
  through_fifo(bomb, [&](const fs::path& path) {
    AudioReader reader(path, {.max_seconds = 900});
    std::vector<float> block(16000);
    std::string message = input_error([&] {
      while (reader.read(block) > 0) {
      }
    });
    EXPECT_NE(message.find("max_seconds"), std::string::npos) << message;
  });
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  EXPECT_LT(seconds, 60);
  EXPECT_LT(peak_memory_bytes() - before, 40u << 20);
  RecordProperty("seconds", std::to_string(seconds));
}

// The address sanitizer keeps what was freed, here the smaller buffers of a growing clip; the thread
// sanitizer has four bytes of its own for each that is used.
#ifdef __SANITIZE_ADDRESS__
constexpr size_t kClipBytes = 450u << 20;
#elif defined(__SANITIZE_THREAD__)
constexpr size_t kClipBytes = 5 * (250u << 20);
#else
constexpr size_t kClipBytes = 250u << 20;
#endif

// A whole clip is held in memory: what the limit of seconds would allow a bomb is 1.4 GB.
TEST(HostileAudio, WholeClipOfABombStaysSmall) {
  size_t before = peak_memory_bytes();
  std::string honest = opus_bomb(5 * 3600);
  EXPECT_NE(input_error([&] { decode_audio(source_of(honest)); }).find("max_dense_seconds"),
            std::string::npos);
  through_fifo(honest, [&](const fs::path& path) {
    EXPECT_NE(input_error([&] { decode_audio(path); }).find("max_dense_seconds"), std::string::npos);
  });
  EXPECT_LT(peak_memory_bytes() - before, kClipBytes);
  EXPECT_NEAR(decode_audio(source_of(opus_bomb(1000))).duration_s(), 1000, 31);
}

TEST(HostileAudio, BombThatLiesAboutItsLength) {
  std::string bomb = opus_bomb(3600, 1.0);
  EXPECT_NE(input_error([&] { decode_audio(source_of(bomb), {.max_seconds = 300}); }).find("max_seconds"),
            std::string::npos);
}

}  // namespace
}  // namespace auris::audio
