#include "auris/audio/frontend/whisper_frontend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "auris/audio/decode.h"
#include "auris/audio/frontend/log_mel_kernel.h"
#include "auris/audio/golden_file.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"

namespace auris::audio {
namespace {

constexpr float kTolerance = 1e-4f;
constexpr int kStep = 37;  // of whisper_features.py

std::vector<float> sentence(const std::string& number) {
  return decode_audio("/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-" +
                      number + ".wav")
      .samples;
}

std::vector<float> recording(const std::string& name) {
  if (name != "all") return sentence(name);
  std::vector<float> all;
  for (int time = 0; time < 2; ++time) {
    for (const char* number : {"0870", "0880", "0890", "0920", "0930"}) {
      std::vector<float> part = sentence(number);
      all.insert(all.end(), part.begin(), part.end());
    }
  }
  return all;
}

// Every `step`-th row of `features` against the golden rows.
void expect_rows(const Tensor& features, const GoldenTensor& golden, int64_t step, const std::string& name) {
  ASSERT_EQ(features.cols(), golden.shape[1]) << name;
  ASSERT_GT(golden.shape[0], 0) << name;
  float worst = 0;
  for (int64_t row = 0; row < golden.shape[0]; ++row) {
    ASSERT_LT(row * step, features.rows()) << name;
    const float* ours = features.data<float>() + row * step * features.cols();
    for (int64_t m = 0; m < features.cols(); ++m) {
      worst =
          std::max(worst, std::fabs(ours[m] - golden.values[static_cast<size_t>(row * features.cols() + m)]));
    }
  }
  EXPECT_LE(worst, kTolerance) << name;
  ::testing::Test::RecordProperty("worst_" + name, std::to_string(worst));
}

TEST(WhisperFrontend, EqualsTheReferences) {
  auto golden = read_golden("whisper_features.safetensors");
  for (int bins : {80, 128}) {
    WhisperFrontend frontend(bins);
    for (const char* name : {"0870", "0930", "all"}) {
      std::vector<float> samples = recording(name);
      auto key = [&](const char* kind) {
        return std::string(name) + "." + kind + "." + std::to_string(bins);
      };
      Tensor window = frontend.window(samples);
      EXPECT_EQ(window.shape(), Shape({3000, bins}));
      expect_rows(window, golden.at(key("window")), kStep, key("window"));
      Tensor exact = frontend.features(samples);
      EXPECT_EQ(exact.rows(), static_cast<int64_t>(samples.size()) / 160);
      expect_rows(exact, golden.at(key("exact")), kStep, key("exact"));
      Tensor tail = frontend.features(samples, WhisperFrontend::kOpenAiTailSamples);
      expect_rows(tail, golden.at(key("tail")), kStep, key("tail"));
    }
    std::vector<float> speech = recording("0870");
    for (size_t count : {201u, 400u, 1000u}) {
      std::string key = std::to_string(count) + "_samples.exact." + std::to_string(bins);
      Tensor exact = frontend.features(std::span(speech).subspan(20000, count));
      EXPECT_EQ(exact.rows(), golden.at(key).shape[0]);
      expect_rows(exact, golden.at(key), 1, key);
    }
  }
}

// The kernel against a DFT in double precision, for frame counts around the vector lengths.
TEST(LogMelKernel, EqualsADirectTransform) {
  LogMelPlan plan = make_log_mel_plan(80);
  Rng rng(7);
  for (int64_t frames : {1, 3, 8, 17}) {
    std::vector<float> samples(static_cast<size_t>((frames + kLogMelGroup) * kWhisperHop + kWhisperFft));
    for (float& x : samples) x = static_cast<float>(0.1 * rng.normal());
    std::vector<float> ours(static_cast<size_t>(frames * 80));
    log_mel_rows(plan, samples.data(), frames, ours.data());
    for (int64_t f = 0; f < frames; ++f) {
      std::vector<double> power(201);
      for (size_t k = 0; k < power.size(); ++k) {
        std::complex<double> sum = 0;
        for (size_t n = 0; n < kWhisperFft; ++n) {
          double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(n) / kWhisperFft);
          sum += window * samples[static_cast<size_t>(f * kWhisperHop) + n] *
                 std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * n) / kWhisperFft);
        }
        power[k] = std::norm(sum);
      }
      for (size_t m = 0; m < 80; ++m) {
        const MelFilters::Span& span = plan.filters.spans[m];
        double mel = 0;
        const float* weights = plan.filters.weights.data() + span.first_weight;
        const double* from = power.data() + span.first_bin;
        for (int i = 0; i < span.count; ++i) mel += static_cast<double>(weights[i]) * from[i];
        EXPECT_NEAR(ours[static_cast<size_t>(f) * 80 + m], std::log10(std::max(mel, 1e-10)), 2e-5)
            << f << " " << m;
      }
    }
  }
}

TEST(WhisperFrontend, TakesFewSamples) {
  WhisperFrontend frontend(80);
  EXPECT_EQ(frontend.features({}).shape(), Shape({0, 80}));
  std::vector<float> one = {0.5f};
  EXPECT_EQ(frontend.features(one).rows(), 0);
  EXPECT_EQ(frontend.window({}).rows(), 3000);
  for (size_t count : {1u, 159u, 160u, 200u, 201u}) {
    std::vector<float> samples(count, 0.25f);
    Tensor features = frontend.features(samples);
    EXPECT_EQ(features.rows(), static_cast<int64_t>(count) / 160);
    Tensor window = frontend.window(samples);
    for (float x : window.span<float>()) ASSERT_TRUE(std::isfinite(x));
    for (float x : features.span<float>()) ASSERT_TRUE(std::isfinite(x));
  }
}

TEST(WhisperFrontend, SilenceIsTheFloor) {
  WhisperFrontend frontend(128);
  std::vector<float> silence(16000, 0.0f);
  for (const Tensor& features : {frontend.features(silence), frontend.window(silence), frontend.window({})}) {
    for (float x : features.span<float>()) ASSERT_FLOAT_EQ(x, -1.5f);  // (log10(1e-10) + 4) / 4
  }
}

TEST(WhisperFrontend, RefusesWhatIsNoSound) {
  WhisperFrontend frontend(80);
  for (float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1e13f}) {
    std::vector<float> samples(5000, 0.1f);
    samples[4321] = bad;
    try {
      frontend.window(samples);
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
      EXPECT_NE(std::string(error.what()).find("sample 4321"), std::string::npos) << error.what();
    }
  }
  std::vector<float> loud(5000, 1e12f);
  Tensor features = frontend.features(loud);
  for (float x : features.span<float>()) ASSERT_TRUE(std::isfinite(x));
  EXPECT_THROW(WhisperFrontend(0), Error);
  EXPECT_THROW(WhisperFrontend(202), Error);
}

TEST(WhisperFrontend, SlicesAreRowsOrZeros) {
  WhisperFrontend frontend(80);
  std::vector<float> samples = recording("all");
  Tensor all = frontend.features(samples, WhisperFrontend::kOpenAiTailSamples);
  int64_t content = WhisperFrontend::content_frames(samples.size());
  EXPECT_EQ(all.rows(), content + 3000);
  Tensor first = WhisperFrontend::slice(all, 0, content);
  EXPECT_EQ(first.data<float>(), all.data<float>());  // a view
  Tensor last = WhisperFrontend::slice(all, content - 10, content);
  ASSERT_EQ(last.shape(), Shape({3000, 80}));
  for (int64_t i = 0; i < 800; ++i) {
    ASSERT_EQ(last.data<float>()[i], all.data<float>()[(content - 10) * 80 + i]);
  }
  for (int64_t i = 800; i < last.elements(); ++i) ASSERT_EQ(last.data<float>()[i], 0.0f);
  EXPECT_THROW(WhisperFrontend::slice(all, content + 1, content), Error);
  EXPECT_THROW(WhisperFrontend::slice(all, -1, content), Error);
}

}  // namespace
}  // namespace auris::audio
