// Conversations against the published processors. Golden values: tools/reference/dump_processor.py.

#include "auris/processor/processor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "auris/base/error.h"
#include "auris/models/audio_llm/audio_llm_config.h"
#include "tests/source_folder.h"

namespace auris::processor {
namespace {

using nlohmann::json;

std::filesystem::path golden(const char* name) {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "processor" / name;
}

const json& cases() {
  static const json all = [] {
    std::ifstream file(golden("cases.json"));
    return json::parse(file);
  }();
  return all;
}

std::shared_ptr<const text::Tokenizer> tokenizer() {
  static const auto one = text::load_tokenizer_json(golden("tokenizer.json"));
  return one;
}

// Only what the processor reads: 128 mel bins, 3,000 frames.
models::AudioLlmConfig config_of(models::AudioLlmFamily family) {
  json text = {{"model_type", "llama"},   {"vocab_size", 400},      {"hidden_size", 32},
               {"intermediate_size", 64}, {"num_hidden_layers", 1}, {"num_attention_heads", 4}};
  json audio = {{"d_model", 64},         {"encoder_layers", 1}, {"encoder_attention_heads", 1},
                {"encoder_ffn_dim", 64}, {"num_mel_bins", 128}, {"max_source_positions", 1500}};
  json config = text;
  config["audio_config"] = audio;
  if (family != models::AudioLlmFamily::kLlaso) config["text_config"] = text;
  return models::audio_llm_config(family, config, {}, {});
}

AudioPart recording(size_t samples, int rate_hz = 16000) {
  audio::AudioClip clip{.samples = std::vector<float>(samples), .sample_rate_hz = rate_hz};
  for (size_t i = 0; i < samples; ++i) clip.samples[i] = 0.3f * std::sin(0.17f * static_cast<float>(i));
  return {std::make_shared<const audio::AudioClip>(std::move(clip))};
}

Processor processor_of(models::AudioLlmFamily family, const std::string& chat_template = "") {
  ProcessorParts parts{.tokenizer = tokenizer(), .chat_template = {}, .audio = config_of(family)};
  if (!chat_template.empty()) parts.chat_template = text::ChatTemplate::parse(chat_template);
  return Processor(std::move(parts));
}

Processor qwen2_audio() {
  return processor_of(models::AudioLlmFamily::kQwen2Audio, cases()["qwen2_audio"]["template"]);
}
Processor ultravox() {
  return processor_of(models::AudioLlmFamily::kUltravox, cases()["ultravox"]["template"]);
}
Processor llaso() { return processor_of(models::AudioLlmFamily::kLlaso); }

void expect_consistent(const ModelInput& input) {
  int64_t places = std::count(input.ids.begin(), input.ids.end(), models::kAudioRow), rows = 0;
  size_t windows = 0;
  for (const AudioSegment& segment : input.audio) {
    for (int64_t i = 0; i < segment.row_count; ++i)
      EXPECT_EQ(input.ids[segment.row_begin + i], models::kAudioRow);
    EXPECT_EQ(segment.first_window, windows);
    rows += segment.row_count;
    windows += segment.window_count;
  }
  EXPECT_EQ(rows, places);
  EXPECT_EQ(windows, input.windows.size());
}

TEST(Processor, Qwen2AudioAsTheReference) {
  ModelInput input = qwen2_audio().prepare(
      std::vector<Message>{{Role::kUser, {recording(4321), TextPart{"What is the sound?"}}},
                           {Role::kAssistant, {TextPart{"A bell."}}},
                           {Role::kUser, {TextPart{"And this? "}, recording(16000)}}});
  EXPECT_EQ(input.ids, cases()["qwen2_audio"]["ids"].get<std::vector<int32_t>>());
  EXPECT_EQ(input.audio.size(), 2u);
  expect_consistent(input);
}

TEST(Processor, UltravoxAsTheReference) {
  ModelInput input = ultravox().prepare(std::vector<Message>{
      {Role::kSystem, {TextPart{"Be brief."}}},
      {Role::kUser,
       {TextPart{"What is the sound? "}, recording(4321), TextPart{"\nAnd "}, recording(500000)}}});
  EXPECT_EQ(input.ids, cases()["ultravox"]["ids"].get<std::vector<int32_t>>());
  EXPECT_EQ(input.windows.size(), 3u);  // the second recording is longer than one window
  expect_consistent(input);
}

TEST(Processor, LlasoAsTheReference) {
  for (const json& test : cases()["llaso"]) {
    // The reference's "<audio>" in the turn's value is our recording between two texts.
    std::string value = test["value"];
    size_t at = value.find("<audio>");
    Message message{Role::kUser, {}};
    if (at > 0) message.parts.push_back(TextPart{value.substr(0, at)});
    message.parts.push_back(recording(4321));
    if (at + 7 < value.size()) message.parts.push_back(TextPart{value.substr(at + 7)});
    ModelInput input = llaso().prepare(std::vector<Message>{message});
    EXPECT_EQ(input.ids, test["ids"].get<std::vector<int32_t>>()) << value;
    expect_consistent(input);
  }
}

TEST(Processor, UsersCannotMakePlacesOrControlMarks) {
  for (const Processor& processor : {qwen2_audio(), ultravox(), llaso()}) {
    for (const char* mark :
         {"<audio>", "<|audio|>", "<|AUDIO|>", "<Audio><audio_start>", "<|eot_id|>", "<|im_end|>"}) {
      ModelInput plain =
          processor.prepare(std::vector<Message>{{Role::kUser, {TextPart{"x"}, recording(4321)}}});
      ModelInput evil = processor.prepare(
          std::vector<Message>{{Role::kUser, {TextPart{std::string("x") + mark}, recording(4321)}}});
      EXPECT_EQ(evil.audio.size(), 1u) << mark;
      auto specials = [&](const ModelInput& input) {
        return std::count_if(input.ids.begin(), input.ids.end(),
                             [&](int32_t id) { return id >= 0 && processor.tokenizer().is_special(id); });
      };
      EXPECT_EQ(specials(evil), specials(plain)) << mark;
      expect_consistent(evil);
    }
  }
}

template <typename Action>
ErrorCode code_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kInternal;
}

TEST(Processor, PlacesAndRecordingsMustMatch) {
  // A template that drops what it does not know.
  Processor dropping =
      processor_of(models::AudioLlmFamily::kQwen2Audio,
                   "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% endif %}"
                   "{% endfor %}");
  std::vector<Message> hears{{Role::kUser, {recording(4321)}}};
  EXPECT_EQ(code_of([&] { dropping.prepare(hears); }), ErrorCode::kUsage);
  // One that writes a place of its own.
  Processor inventing = processor_of(models::AudioLlmFamily::kUltravox, "<|audio|>{{ messages[0].content }}");
  EXPECT_EQ(code_of([&] { inventing.prepare(hears); }), ErrorCode::kUsage);
  // A model that does not hear.
  Processor deaf({.tokenizer = tokenizer(),
                  .chat_template = text::ChatTemplate::parse("{{ messages[0].content }}"),
                  .audio = {}});
  EXPECT_EQ(code_of([&] { deaf.prepare(hears); }), ErrorCode::kUsage);
  EXPECT_EQ(deaf.prepare(std::vector<Message>{{Role::kUser, {TextPart{"the <audio>"}}}}).ids,
            tokenizer()->encode("the <audio>"));
}

TEST(Processor, RawTextTakesMarks) {
  std::vector<std::shared_ptr<const audio::AudioClip>> clips{recording(4321).clip};
  ModelInput input = ultravox().prepare_raw("the sound <audio> is", clips);
  EXPECT_EQ(input.audio.size(), 1u);
  EXPECT_EQ(input.ids.front(), *tokenizer()->bos());
  expect_consistent(input);
  EXPECT_EQ(code_of([&] { ultravox().prepare_raw("no place", clips); }), ErrorCode::kUsage);
  EXPECT_EQ(code_of([&] { ultravox().prepare_raw("<audio>"); }), ErrorCode::kUsage);
  Processor deaf({.tokenizer = tokenizer(), .chat_template = {}, .audio = {}});
  EXPECT_EQ(deaf.prepare_raw("the <audio>").ids, tokenizer()->encode("the <audio>", true));
  EXPECT_EQ(code_of([&] { deaf.prepare_raw("the <audio>", clips); }), ErrorCode::kUsage);
}

TEST(Processor, BadRecordingsAreErrors) {
  auto ask = [](const Processor& processor, const AudioPart& part) {
    return code_of([&] { processor.prepare(std::vector<Message>{{Role::kUser, {part}}}); });
  };
  for (const Processor& processor : {qwen2_audio(), ultravox(), llaso()}) {
    EXPECT_EQ(ask(processor, recording(0)), ErrorCode::kInput);
    EXPECT_EQ(ask(processor, recording(8000, 8000)), ErrorCode::kUsage);
  }
  EXPECT_EQ(ask(qwen2_audio(), recording(1)), ErrorCode::kInput);
}

}  // namespace
}  // namespace auris::processor
