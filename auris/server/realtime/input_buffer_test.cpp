#include "auris/server/realtime/input_buffer.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/rng.h"
#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

using Kind = TurnFinder::Kind;
using testing::ElementsAre;

constexpr int kHop = 512;  // 32 ms
constexpr PcmFormat kPlain = {.encoding = PcmEncoding::kPcm16, .rate_hz = kListeningRateHz};

// Hears speech in every hop whose loudest sample is above a half: what is said is known exactly.
class LoudIsSpeech final : public audio::VoiceDetector {
 public:
  int hop_samples() const override { return kHop; }
  void reset() override { held_.clear(); }
  void push(std::span<const float> samples, std::vector<float>& probabilities) override {
    held_.insert(held_.end(), samples.begin(), samples.end());
    for (; held_.size() >= kHop; held_.erase(held_.begin(), held_.begin() + kHop))
      probabilities.push_back(std::ranges::max(std::span(held_).first(kHop)) > 0.5f ? 1 : 0);
  }
  void finish(std::vector<float>&) override { reset(); }

 private:
  std::vector<float> held_;
};

// Hops of speech (loud) and of silence, in turn, as bytes. Every sample of speech differs.
std::string sound(const std::vector<int>& hops) {
  std::string bytes;
  int16_t loud = 20000;
  for (size_t i = 0; i < hops.size(); ++i) {
    for (int n = 0; n < hops[i] * kHop; ++n) {
      const int16_t value = i % 2 == 0 ? loud++ : int16_t{0};
      if (loud > 30000) loud = 20000;
      bytes += static_cast<char>(value & 0xff);
      bytes += static_cast<char>(value >> 8);
    }
  }
  return bytes;
}

class InputBufferTest : public testing::Test {
 protected:
  InputBufferTest() { buffer_.set(kPlain, TurnOptions{.prefix_padding_ms = 64, .silence_duration_ms = 320}); }

  std::vector<InputBuffer::Event> append(const std::vector<int>& hops) { return buffer_.append(sound(hops)); }
  static std::vector<Kind> kinds(const std::vector<InputBuffer::Event>& events) {
    std::vector<Kind> result(events.size());
    std::ranges::transform(events, result.begin(), &InputBuffer::Event::kind);
    return result;
  }

  InputBuffer buffer_{[] { return std::make_unique<LoudIsSpeech>(); }, 10};
};

TEST_F(InputBufferTest, FindsTurns) {
  const auto events = append({0, 20, 10, 15});  // silence of 20 hops, speech of 10, silence of 15
  ASSERT_THAT(kinds(events), ElementsAre(Kind::kStarted, Kind::kPaused, Kind::kStopped));
  EXPECT_EQ(events[0].ms, 20 * 32 - 64);
  EXPECT_EQ(events[1].ms, 32 * 32);         // two hops of silence
  EXPECT_EQ(events[2].ms, (30 + 10) * 32);  // all of the silence that ends a turn
  // The turn: the padding, the speech, and the silence up to the pause.
  EXPECT_EQ(events[2].samples.size(), static_cast<size_t>((2 + 10 + 2) * kHop));
  EXPECT_EQ(events[1].samples, events[2].samples);
}

TEST_F(InputBufferTest, AShortPauseDoesNotEndATurn) {
  const auto events = append({10, 5, 10, 15});
  ASSERT_THAT(kinds(events),
              ElementsAre(Kind::kStarted, Kind::kPaused, Kind::kResumed, Kind::kPaused, Kind::kStopped));
  EXPECT_EQ(events.back().samples.size(), static_cast<size_t>((10 + 5 + 10 + 2) * kHop));
}

TEST_F(InputBufferTest, AClickIsNoTurn) { EXPECT_THAT(append({2, 30, 2, 30}), testing::IsEmpty()); }

TEST_F(InputBufferTest, PaddingBelongsToOneTurnOnly) {
  buffer_.set(kPlain, TurnOptions{.prefix_padding_ms = 2000, .silence_duration_ms = 320});
  const auto events = append({10, 12, 10, 12});
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[3].kind, Kind::kStarted);
  EXPECT_EQ(events[3].ms, events[2].ms);
}

TEST_F(InputBufferTest, HowTheSoundIsCutDoesNotMatter) {
  const std::string bytes = sound({3, 20, 30, 5, 12, 40, 8, 30});
  const auto whole = buffer_.append(bytes);
  Rng rng(3);
  for (int round = 0; round < 20; ++round) {
    InputBuffer other([] { return std::make_unique<LoudIsSpeech>(); }, 10);
    other.set(kPlain, TurnOptions{.prefix_padding_ms = 64, .silence_duration_ms = 320});
    std::vector<InputBuffer::Event> events;
    for (size_t at = 0; at < bytes.size();) {
      const size_t count = std::min<size_t>(bytes.size() - at, 1 + rng.below(5000));
      for (InputBuffer::Event& event : other.append(std::string_view(bytes).substr(at, count)))
        events.push_back(std::move(event));
      at += count;
    }
    ASSERT_EQ(kinds(events), kinds(whole));
    for (size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].ms, whole[i].ms);
      EXPECT_EQ(events[i].samples, whole[i].samples);
    }
  }
}

TEST_F(InputBufferTest, ATurnThatDoesNotEndIsEnded) {
  const auto events = append({11 * 16000 / kHop});  // more than 10 s of speech
  ASSERT_GE(events.size(), 2u);
  EXPECT_EQ(events[1].kind, Kind::kStopped);
  EXPECT_NEAR(static_cast<double>(events[1].samples.size()), 10 * 16000, 16000);
}

TEST_F(InputBufferTest, TheClientEndsTurns) {
  buffer_.set(kPlain, std::nullopt);
  EXPECT_TRUE(append({10, 100, 10}).empty());
  EXPECT_EQ(buffer_.take().size(), static_cast<size_t>(120 * kHop));
  EXPECT_TRUE(buffer_.take().empty());
  append({10});
  buffer_.clear();
  EXPECT_TRUE(buffer_.take().empty());
}

TEST_F(InputBufferTest, WhatTheClientDoesNotEndIsRefusedAndKept) {
  buffer_.set(kPlain, std::nullopt);
  append({100});
  EXPECT_THROW(append({300}), ApiError);
  EXPECT_EQ(buffer_.take().size(), static_cast<size_t>(100 * kHop));
}

TEST_F(InputBufferTest, TheClientEndsATurnThatGoesOn) {
  EXPECT_THAT(kinds(append({0, 20, 10})), ElementsAre(Kind::kStarted));
  EXPECT_EQ(buffer_.take().size(), static_cast<size_t>((2 + 10) * kHop));
  EXPECT_THAT(append({0, 30}), testing::IsEmpty());  // its silence ends nothing
}

TEST_F(InputBufferTest, SilenceIsNotKept) {
  append({0, 3000});  // 96 s
  EXPECT_LT(buffer_.take().size(), 16000u);
}

}  // namespace
}  // namespace auris::server
