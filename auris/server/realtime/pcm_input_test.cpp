#include "auris/server/realtime/pcm_input.h"

#include <array>
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/rng.h"

namespace auris::server {
namespace {

using testing::ElementsAreArray;

constexpr PcmFormat kPlain = {.encoding = PcmEncoding::kPcm16, .rate_hz = kListeningRateHz};

std::vector<float> read_all(const PcmFormat& format, const std::string& bytes) {
  PcmInput input(format);
  std::vector<float> samples;
  input.push(bytes, samples);
  input.finish(samples);
  return samples;
}

TEST(PcmInput, ReadsSixteenBits) {
  EXPECT_THAT(read_all(kPlain, std::string("\x00\x00\x00\x40\xff\xff\x00\x80\xff\x7f", 10)),
              ElementsAreArray({0.0f, 0.5f, -1.0f / 32768, -1.0f, 32767.0f / 32768}));
}

TEST(PcmInput, ASampleMayBeCutInTwo) {
  Rng rng(7);
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(rng.below(256));
  PcmInput input(kPlain);
  std::vector<float> samples;
  for (size_t at = 0; at < bytes.size();) {
    const size_t count = std::min<size_t>(bytes.size() - at, rng.below(8));
    input.push(std::string_view(bytes).substr(at, count), samples);
    at += count;
  }
  EXPECT_EQ(samples, read_all(kPlain, bytes));
  EXPECT_EQ(samples.size(), 500u);
}

// Python's audioop.ulaw2lin and alaw2lin, which follow the reference code of G.711.
TEST(PcmInput, ReadsTelephones) {
  const std::array<int, 16> codes = {0, 1, 15, 16, 42, 85, 100, 127, 128, 129, 170, 200, 213, 240, 254, 255};
  std::string bytes;
  for (const int code : codes) bytes += static_cast<char>(code);
  const auto expected = [&](PcmEncoding encoding, const std::array<int, 16>& values) {
    PcmInput input({.encoding = encoding, .rate_hz = kListeningRateHz});
    std::vector<float> samples;
    input.push(bytes, samples);
    for (size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(samples[i] * 32768, values[i]) << codes[i];
  };
  expected(PcmEncoding::kMulaw,
           {-32124, -31100, -16764, -15996, -5372, -716, -308, 0, 32124, 31100, 5372, 1372, 716, 120, 8, 0});
  expected(PcmEncoding::kAlaw,
           {-5504, -5248, -6784, -2752, -32256, -8, -1120, -848, 5504, 5248, 32256, 472, 8, 688, 880, 848});
}

TEST(PcmInput, WhatIsWrittenIsReadAgain) {
  std::vector<float> tone(kListeningRateHz);
  for (size_t i = 0; i < tone.size(); ++i) {
    const double turns = 440.0 * static_cast<double>(i) / kListeningRateHz;
    tone[i] = 0.5f * static_cast<float>(std::sin(2 * std::numbers::pi * turns));
  }
  for (const PcmFormat& format :
       {PcmFormat{PcmEncoding::kPcm16, 24000}, PcmFormat{PcmEncoding::kPcm16, 16000},
        PcmFormat{PcmEncoding::kMulaw, 8000}, PcmFormat{PcmEncoding::kAlaw, 8000}}) {
    const std::vector<float> again = read_all(format, pcm_bytes(tone, format));
    ASSERT_EQ(again.size(), tone.size());
    double noise = 0;
    for (size_t i = 1000; i + 1000 < tone.size(); ++i) noise += std::pow(again[i] - tone[i], 2);
    const double snr_db = 10 * std::log10(0.125 * static_cast<double>(tone.size()) / noise);
    EXPECT_GT(snr_db, format.encoding == PcmEncoding::kPcm16 ? 70 : 33) << format.rate_hz;
  }
}

}  // namespace
}  // namespace auris::server
