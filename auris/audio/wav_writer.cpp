#include "auris/audio/wav_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "auris/audio/pcm16_kernel.h"
#include "auris/base/error.h"

namespace auris::audio {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are written as they lie in memory");

constexpr size_t kHeaderBytes = 58;  // RIFF, fmt with 18 bytes, fact, data

size_t width_of(WavEncoding encoding) { return encoding == WavEncoding::kPcm16 ? 2 : 4; }

std::array<char, kHeaderBytes> header_of(WavEncoding encoding, int sample_rate_hz, uint64_t data_bytes) {
  std::array<char, kHeaderBytes> header{};
  size_t at = 0;
  auto text = [&](const char* four) { std::memcpy(header.data() + at, four, 4), at += 4; };
  auto u32 = [&](uint64_t value) {
    auto small = static_cast<uint32_t>(value);
    std::memcpy(header.data() + at, &small, 4), at += 4;
  };
  auto u16 = [&](uint32_t value) {
    auto small = static_cast<uint16_t>(value);
    std::memcpy(header.data() + at, &small, 2), at += 2;
  };
  const auto rate = static_cast<uint32_t>(sample_rate_hz), width = static_cast<uint32_t>(width_of(encoding));
  text("RIFF"), u32(kHeaderBytes - 8 + data_bytes), text("WAVE");
  text("fmt "), u32(18), u16(encoding == WavEncoding::kPcm16 ? 1 : 3), u16(1);
  u32(rate), u32(rate * uint64_t{width}), u16(width), u16(8 * width), u16(0);
  text("fact"), u32(4), u32(data_bytes / width);
  text("data"), u32(data_bytes);
  return header;
}

}  // namespace

WavWriter::WavWriter(std::filesystem::path path, int sample_rate_hz, WavEncoding encoding)
    : path_(std::move(path)),
      part_(path_.string() + ".part"),
      sample_rate_hz_(sample_rate_hz),
      encoding_(encoding) {
  if (sample_rate_hz <= 0) fail("a sampling rate below 1 Hz");
  file_.open(part_, std::ios::binary | std::ios::trunc);
  if (!file_) fail("a path that cannot be written");
  write_header();
}

WavWriter::~WavWriter() {
  if (finished_) return;
  file_.close();
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

void WavWriter::fail(const char* got) const {
  throw Error(ErrorCode::kUsage, {.where = "wav writer",
                                  .expected = "to write " + quoted(path_.string(), 200),
                                  .got = got,
                                  .hint = "check the folder, its rights and the space on the disk"});
}

void WavWriter::write_header() {
  const auto header = header_of(encoding_, sample_rate_hz_, data_bytes_);
  file_.seekp(0);
  file_.write(header.data(), header.size());
  if (!file_) fail("an error while writing");
}

void WavWriter::write(std::span<const float> samples) {
  AURIS_CHECK(!finished_);
  const size_t width = width_of(encoding_);
  if (samples.size() > (UINT32_MAX - kHeaderBytes - data_bytes_) / width) fail("more than 4 GiB");
  if (encoding_ == WavEncoding::kPcm16) {
    std::vector<char> pcm(2 * samples.size());
    to_pcm16(samples, pcm.data());
    file_.write(pcm.data(), static_cast<std::streamsize>(pcm.size()));
  } else {
    file_.write(reinterpret_cast<const char*>(samples.data()),
                static_cast<std::streamsize>(4 * samples.size()));
  }
  if (!file_) fail("an error while writing");
  data_bytes_ += samples.size() * width;
}

void WavWriter::finish() {
  AURIS_CHECK(!finished_);
  write_header();
  file_.close();
  if (!file_) fail("an error while closing");
  std::error_code error;
  std::filesystem::rename(part_, path_, error);
  if (error) fail("an error while renaming");
  finished_ = true;
}

void write_wav(const std::filesystem::path& path, const AudioClip& clip, WavEncoding encoding) {
  WavWriter writer(path, clip.sample_rate_hz, encoding);
  writer.write(clip.samples);
  writer.finish();
}

std::string wav_bytes(const AudioClip& clip) {
  if (clip.sample_rate_hz <= 0 || clip.samples.size() > (UINT32_MAX - kHeaderBytes) / 2) {
    throw Error(ErrorCode::kUsage,
                {.where = "wav writer",
                 .expected = "a clip with a rate and less than 4 GiB of sound",
                 .got = fmt::format("{} Hz, {} samples", clip.sample_rate_hz, clip.samples.size()),
                 .hint = ""});
  }
  const auto header = header_of(WavEncoding::kPcm16, clip.sample_rate_hz, 2 * clip.samples.size());
  std::string bytes(kHeaderBytes + 2 * clip.samples.size(), '\0');
  std::copy(header.begin(), header.end(), bytes.begin());
  to_pcm16(clip.samples, bytes.data() + kHeaderBytes);
  return bytes;
}

}  // namespace auris::audio
