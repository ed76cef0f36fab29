#include "auris/server/realtime/pcm_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace auris::server {
namespace {

constexpr float kFullScale = 32768;
constexpr int kBias = 132;  // of mu-law's 14 bits, in steps of 16

// G.711 as in the ITU-T software tool library (G.191), as 16 bits.
int16_t from_mulaw(uint8_t code) {
  const int value = ~code & 0xff;
  const int magnitude = ((((value & 0x0f) << 3) + kBias) << ((value >> 4) & 7)) - kBias;
  return static_cast<int16_t>((value & 0x80) != 0 ? -magnitude : magnitude);
}

int16_t from_alaw(uint8_t code) {
  const int value = code ^ 0x55;
  const int segment = (value >> 4) & 7, step = value & 0x0f;
  const int magnitude = segment == 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1);
  return static_cast<int16_t>((value & 0x80) != 0 ? magnitude : -magnitude);
}

using Table = std::array<int16_t, 256>;

Table table_of(int16_t (*decode)(uint8_t)) {
  Table table{};
  for (size_t code = 0; code < table.size(); ++code) table[code] = decode(static_cast<uint8_t>(code));
  return table;
}

const Table& table_of(PcmEncoding encoding) {
  static const Table mulaw = table_of(from_mulaw), alaw = table_of(from_alaw);
  return encoding == PcmEncoding::kMulaw ? mulaw : alaw;
}

// The code whose value is nearest.
uint8_t coded(int16_t value, const Table& table) {
  const auto distance = [&](int16_t known) { return std::abs(int{known} - int{value}); };
  const auto nearest =
      std::ranges::min_element(table, [&](int16_t a, int16_t b) { return distance(a) < distance(b); });
  return static_cast<uint8_t>(nearest - table.begin());
}

}  // namespace

PcmInput::PcmInput(const PcmFormat& format) : format_(format) {}

std::vector<float> PcmInput::decoded(std::string_view bytes) {
  std::vector<float> samples;
  if (format_.encoding != PcmEncoding::kPcm16) {
    const Table& table = table_of(format_.encoding);
    for (const char byte : bytes) samples.push_back(table[static_cast<uint8_t>(byte)] / kFullScale);
    return samples;
  }
  samples.reserve(bytes.size() / 2 + 1);
  const auto add = [&](char low, char high) {
    const int value = static_cast<uint8_t>(low) | (static_cast<int8_t>(high) * 256);
    samples.push_back(static_cast<float>(value) / kFullScale);
  };
  if (half_ && !bytes.empty()) {
    add(*half_, bytes.front());
    bytes.remove_prefix(1);
    half_.reset();
  }
  for (; bytes.size() >= 2; bytes.remove_prefix(2)) add(bytes[0], bytes[1]);
  if (!bytes.empty()) half_ = bytes.front();
  return samples;
}

void PcmInput::push(std::string_view bytes, std::vector<float>& samples) {
  const std::vector<float> given = decoded(bytes);
  if (format_.rate_hz == kListeningRateHz) {
    samples.insert(samples.end(), given.begin(), given.end());
    return;
  }
  if (!resampler_)
    resampler_.emplace(audio::ResampleOptions{.in_rate_hz = static_cast<double>(format_.rate_hz)});
  resampler_->push(given, samples);
}

void PcmInput::finish(std::vector<float>& samples) {
  if (resampler_) resampler_->finish(samples);
  resampler_.reset();
  half_.reset();
}

std::string pcm_bytes(std::span<const float> samples, const PcmFormat& format) {
  const std::vector<float> wanted = audio::resample(
      samples, {.in_rate_hz = kListeningRateHz, .out_rate_hz = static_cast<double>(format.rate_hz)});
  std::string bytes;
  for (const float sample : wanted) {
    const auto value =
        static_cast<int16_t>(std::lround(std::clamp(sample * kFullScale, -kFullScale, kFullScale - 1)));
    if (format.encoding == PcmEncoding::kPcm16) {
      bytes += static_cast<char>(value & 0xff);
      bytes += static_cast<char>((value >> 8) & 0xff);
    } else {
      bytes += static_cast<char>(coded(value, table_of(format.encoding)));
    }
  }
  return bytes;
}

}  // namespace auris::server
