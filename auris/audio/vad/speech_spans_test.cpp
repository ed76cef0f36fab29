#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "auris/audio/vad.h"
#include "tests/source_folder.h"

namespace auris::audio {
namespace {

TEST(SpeechSpans, EqualTheReference) {
  std::ifstream file(std::string(AURIS_SOURCE_DIR) + "/tests/golden/audio/silero_spans.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden["cases"].size(), 14u);
  for (const auto& entry : golden["cases"]) {
    const auto& source = golden["sources"][entry["source"].get<std::string>()];
    auto probabilities = source["probabilities"].get<std::vector<float>>();
    const auto& given = entry["options"];
    VadOptions options;
    options.threshold = given.value("threshold", options.threshold);
    options.end_threshold = given.value("neg_threshold", options.end_threshold);
    options.min_speech_ms = given.value("min_speech_duration_ms", options.min_speech_ms);
    options.min_silence_ms = given.value("min_silence_duration_ms", options.min_silence_ms);
    options.pad_ms = given.value("speech_pad_ms", options.pad_ms);
    options.max_speech_s = given.value("max_speech_duration_s", options.max_speech_s);
    options.min_split_silence_ms = given.value("min_silence_at_max_speech", options.min_split_silence_ms);
    std::vector<SpeechSpan> spans =
        speech_spans(probabilities, 512, source["samples"].get<int64_t>(), options);
    ASSERT_EQ(spans.size(), entry["spans"].size()) << given;
    for (size_t i = 0; i < spans.size(); ++i) {
      EXPECT_EQ(std::lround(spans[i].begin_s * 16000), entry["spans"][i][0].get<int64_t>())
          << given << " span " << i;
      EXPECT_EQ(std::lround(spans[i].end_s * 16000), entry["spans"][i][1].get<int64_t>())
          << given << " span " << i;
    }
  }
}

TEST(SpeechSpans, NothingGivesNothing) {
  EXPECT_TRUE(speech_spans({}, 512, 0).empty());
  std::vector<float> quiet(100, 0.01f);
  EXPECT_TRUE(speech_spans(quiet, 512, 51200).empty());
}

}  // namespace
}  // namespace auris::audio
