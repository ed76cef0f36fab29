#include "auris/server/realtime/realtime_settings.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::server {
namespace {

using nlohmann::json;

TEST(RealtimeSettings, TakesWhatIsNamedAndLeavesTheRest) {
  RealtimeSettings settings;
  settings.update(json::parse(R"({"type": "realtime", "instructions": "Be kind.", "max_output_tokens": 7,
      "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000},
                          "turn_detection": {"type": "server_vad", "threshold": 0.7, "create_response": false}}}})"));
  settings.update(
      json::parse(R"({"audio": {"input": {"transcription": {"model": "any", "language": "French"}}}})"));
  EXPECT_EQ(settings.instructions, "Be kind.");
  EXPECT_EQ(settings.most_tokens, 7);
  EXPECT_EQ(settings.format.rate_hz, 16000);
  ASSERT_TRUE(settings.turns);
  EXPECT_FLOAT_EQ(settings.turns->options.threshold, 0.7f);
  EXPECT_EQ(settings.turns->options.silence_duration_ms, 500);
  EXPECT_FALSE(settings.turns->create_response);
  ASSERT_TRUE(settings.transcription);
  EXPECT_EQ(settings.transcription->language, "fr");
}

TEST(RealtimeSettings, NullTurnsOff) {
  RealtimeSettings settings;
  settings.update(json::parse(R"({"audio": {"input": {"transcription": {"model": "a"}}}})"));
  settings.update(json::parse(R"({"audio": {"input": {"transcription": null, "turn_detection": null}}})"));
  EXPECT_FALSE(settings.transcription);
  EXPECT_FALSE(settings.turns);
}

TEST(RealtimeSettings, TakesTheNamesOfTheBeta) {
  RealtimeSettings settings{.is_beta = true};
  settings.update(json::parse(R"({"modalities": ["text", "audio"], "input_audio_format": "g711_ulaw",
      "input_audio_transcription": {"model": "whisper-1"}, "turn_detection": null,
      "max_response_output_tokens": "inf", "temperature": 0.8})"));
  EXPECT_EQ(settings.format, (PcmFormat{.encoding = PcmEncoding::kMulaw, .rate_hz = 8000}));
  EXPECT_TRUE(settings.transcription);
  EXPECT_FALSE(settings.turns);
  EXPECT_FALSE(settings.most_tokens);
  const auto told = settings.as_json("sess_1");
  EXPECT_EQ(told["input_audio_format"], "g711_ulaw");
  EXPECT_EQ(told["max_response_output_tokens"], "inf");
  EXPECT_EQ(told["modalities"], nlohmann::ordered_json::array({"text"}));
}

// What is told is what is in force: it can be sent back.
TEST(RealtimeSettings, WhatIsToldCanBeTaken) {
  RealtimeSettings settings;
  settings.update(json::parse(R"({"instructions": "x", "audio": {"input": {"format": {"type": "audio/pcma"},
      "transcription": {"model": "m", "prompt": "p"}, "turn_detection": {"type": "semantic_vad", "eagerness": "low"}}}})"));
  const std::string told = settings.as_json("sess_1").dump();
  RealtimeSettings again;
  again.update(json::parse(told));
  EXPECT_EQ(again.as_json("sess_1").dump(), told);
  EXPECT_EQ(again.turns->options.silence_duration_ms, 1000);
}

TEST(RealtimeSettings, WhatIsWrongChangesNothing) {
  const RealtimeSettings before;
  for (const char* wrong : {
           R"([])",
           R"({"type": "conversation"})",
           R"({"instructions": 7})",
           R"({"instructions": "x", "output_modalities": ["audio"]})",
           R"({"instructions": "x", "tools": [{"type": "function"}]})",
           R"({"instructions": "x", "max_output_tokens": 0})",
           R"({"instructions": "x", "max_output_tokens": "many"})",
           R"({"instructions": "x", "temperature": -1})",
           R"({"instructions": "x", "audio": {"input": {"format": {"type": "audio/mp3"}}}})",
           R"({"instructions": "x", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 1e9}}}})",
           R"({"instructions": "x", "audio": {"input": {"turn_detection": {"type": "telepathy"}}}})",
           R"({"instructions": "x", "audio": {"input": {"turn_detection": {"silence_duration_ms": -1}}}})",
           R"({"instructions": "x", "audio": {"input": {"turn_detection": {"idle_timeout_ms": 5000}}}})",
           R"({"instructions": "x", "audio": {"input": {"transcription": {"language": "Klingon"}}}})",
       }) {
    RealtimeSettings settings = before;
    EXPECT_THROW(settings.update(json::parse(wrong)), Error) << wrong;
    EXPECT_EQ(settings.as_json("").dump(), before.as_json("").dump()) << wrong;
  }
}

}  // namespace
}  // namespace auris::server
