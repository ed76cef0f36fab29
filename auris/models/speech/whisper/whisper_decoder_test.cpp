// Against transformers in f32 with the same weights (tools/reference/whisper_layers.py and whisper_small.py).

#include "auris/models/speech/whisper/whisper_decoder.h"

#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/speech/whisper/whisper_facts.h"
#include "auris/models/testing/device_under_test.h"
#include "auris/models/testing/whisper_golden.h"
#include "auris/tensor/ops/rows.h"

namespace auris::models {
namespace {

constexpr int64_t kLogitStep = 97;  // of whisper_layers.py

struct Loaded {
  std::shared_ptr<const weights::Checkpoint> checkpoint;
  WhisperConfig config;
  WhisperEncoder encoder;
  WhisperDecoder decoder;
};

Loaded load(const std::filesystem::path& folder) {
  auto checkpoint = weights::open_checkpoint(folder);
  WhisperConfig config = whisper_config_of(*checkpoint);
  Device device = testing::device_under_test();
  return {checkpoint,
          config,
          {whisper_encoder_weights(*checkpoint, config, "model.encoder.", device), config},
          {whisper_decoder_weights(*checkpoint, config, "model.decoder.", device), config}};
}

// Caches of one window and one text.
struct Session {
  explicit Session(const WhisperDecoder& model)
      : decoder(model), past(model.past_options()), audio(model.audio_options()), window(audio.create()) {}

  Tensor feed(std::span<const int32_t> tokens, SequenceId text, WhisperAttentionTap* tap = nullptr) {
    auto rows = static_cast<int64_t>(tokens.size());
    WhisperRows layout = {RowLayout::single(rows, past.length(text), text),
                          RowLayout::single(rows, 0, window)};
    return decoder.logits(decoder.forward(tokens, layout, past, audio, tap));
  }

  const WhisperDecoder& decoder;
  KvCache past;
  KvCache audio;
  SequenceId window;
};

double largest_difference(const Tensor& computed, const Tensor& golden, int64_t step) {
  Tensor logits = to_host(computed);
  if (logits.rows() != golden.rows() || (logits.cols() + step - 1) / step != golden.cols()) return INFINITY;
  double largest = 0;
  for (int64_t r = 0; r < golden.rows(); ++r) {
    for (int64_t c = 0; c < golden.cols(); ++c) {
      double difference =
          logits.data<float>()[r * logits.cols() + c * step] - golden.data<float>()[r * golden.cols() + c];
      if (std::isnan(difference)) return INFINITY;
      largest = std::max(largest, std::abs(difference));
    }
  }
  return largest;
}

void compare_logits(const std::string& model) {
  Loaded loaded = load(model_folder() / model);
  auto golden =
      weights::open_checkpoint(testing::whisper_golden_folder() / ("layers_" + model + ".safetensors"));
  for (auto [recording, path] : {std::pair("librivox", testing::librivox_sentence("0880")),
                                 std::pair("prompt", testing::english_prompt("agent-alreadyon"))}) {
    Tensor mel = testing::first_window(audio::decode_audio(path.string()));
    Session session(loaded.decoder);
    loaded.decoder.store_audio(loaded.encoder.forward(mel, RowLayout::single(mel.rows())), session.window,
                               session.audio);
    std::span<int32_t> tokens = golden->tensor(std::string(recording) + ".decoder.tokens").span<int32_t>();
    Tensor expected = golden->tensor(std::string(recording) + ".decoder.logits");
    Tensor at_once = session.feed(tokens, session.past.create());
    EXPECT_LE(largest_difference(at_once, expected, kLogitStep), 1e-3) << model << " " << recording;

    // Word by word, and in company of another text, the same comes out.
    SequenceId text = session.past.create();
    session.feed(tokens.first(3), text);
    SequenceId other = session.past.fork(text);
    session.feed(tokens.subspan(3, 1), other);
    for (size_t i = 3; i < tokens.size(); ++i) {
      std::vector<int32_t> two = {tokens[i], 50};
      WhisperRows rows;
      rows.text.add(1, session.past.length(text), text);
      rows.text.add(1, session.past.length(other), other);
      rows.audio = RowLayout::single(2, 0, session.window);
      Tensor hidden = loaded.decoder.forward(two, rows, session.past, session.audio);
      Tensor logits = loaded.decoder.logits(hidden.slice_rows(0, 1));
      Tensor row = expected.slice_rows(static_cast<int64_t>(i), 1);
      EXPECT_LE(largest_difference(logits, row, kLogitStep), 1e-3)
          << model << " " << recording << " token " << i;
    }
  }
}

TEST(WhisperDecoder, LogitsOfBaseEqualTransformers) { compare_logits("whisper-base"); }
TEST(WhisperDecoder, LogitsOfTinyEnglishEqualTransformers) { compare_logits("whisper-tiny.en"); }

void compare_small(const std::string& kind) {
  std::filesystem::path folder = testing::whisper_golden_folder() / "small_v3";
  Loaded loaded = load(folder / kind);
  EXPECT_EQ(loaded.config.n_mels, 128);
  EXPECT_EQ(loaded.config.encoder_heads, 2);
  auto golden = weights::open_checkpoint(folder / "golden.safetensors");
  Tensor mel = golden->tensor(kind + ".mel");
  EncodedAudio encoded = loaded.encoder.forward(mel, RowLayout::single(mel.rows()));
  EXPECT_LE(testing::sampled_error(encoded.hidden, golden->tensor(kind + ".hidden"), 1), 1e-4) << kind;
  Session session(loaded.decoder);
  loaded.decoder.store_audio(encoded, session.window, session.audio);
  Tensor logits = session.feed(golden->tensor("tokens").span<int32_t>(), session.past.create());
  EXPECT_LE(largest_difference(logits, golden->tensor(kind + ".logits"), 1), 1e-3) << kind;
}

TEST(WhisperDecoder, LargeV3LayoutFromSafetensors) { compare_small("hugging_face"); }
TEST(WhisperDecoder, Int8WithScalesFromCTranslate2) { compare_small("ctranslate2"); }

TEST(WhisperDecoder, AttentionOfChosenHeadsSumsToOne) {
  Loaded loaded = load(testing::whisper_golden_folder() / "small_v3" / "hugging_face");
  Session session(loaded.decoder);
  Tensor mel = Tensor::zeros({120, 128});
  loaded.decoder.store_audio(loaded.encoder.forward(mel, RowLayout::single(120)), session.window,
                             session.audio);
  WhisperAttentionTap tap;
  tap.heads = {{1, 0}, {0, 1}};
  std::vector<int32_t> tokens = {1, 2, 3};
  session.feed(tokens, session.past.create(), &tap);
  ASSERT_EQ(tap.weights.size(), 2u);
  for (const Tensor& head : tap.weights) {
    ASSERT_EQ(head.shape(), Shape({3, 60}));
    Tensor weights = to_host(head);
    for (int64_t r = 0; r < 3; ++r) {
      double sum = 0;
      for (int64_t c = 0; c < 60; ++c) sum += weights.data<float>()[r * 60 + c];
      EXPECT_NEAR(sum, 1.0, 1e-5);
    }
  }
}

TEST(WhisperFacts, ReadsBothKindsOfFolders) {
  std::filesystem::path small = testing::whisper_golden_folder() / "small_v3" / "hugging_face";
  auto checkpoint = weights::open_checkpoint(small);
  WhisperFacts facts = whisper_facts_of(*checkpoint, whisper_config_of(*checkpoint));
  EXPECT_EQ(facts.suppressed, (std::vector<int32_t>{2, 4, 8}));
  EXPECT_EQ(facts.suppressed_at_begin, (std::vector<int32_t>{6, 0}));
  EXPECT_EQ(facts.alignment_heads, (std::vector<WhisperHead>{{1, 0}, {0, 1}}));
  auto base = weights::open_checkpoint(model_folder() / "whisper-base");
  facts = whisper_facts_of(*base, whisper_config_of(*base));
  EXPECT_EQ(facts.suppressed.size(), 88u);
  EXPECT_EQ(facts.alignment_heads.size(), 8u);
}

TEST(WhisperFacts, HostileEntriesAreErrorsAndUnknownHeadsAreDropped) {
  WhisperConfig config;
  config.decoder_layers = 4;
  config.vocab_size = 100;
  using nlohmann::json;
  for (const char* text :
       {R"({"suppress_ids": 5})", R"({"suppress_ids": ["a"]})", R"({"alignment_heads": [[1]]})",
        R"({"alignment_heads": [[1, 2, 3]]})", R"({"alignment_heads": {"a": 1}})"}) {
    EXPECT_THROW(whisper_facts_from_json(json::parse(text), config), Error) << text;
  }
  WhisperFacts facts = whisper_facts_from_json(
      json::parse(
          R"({"suppress_ids": [1, -1, 100, 1000000000000, 99], "alignment_heads": [[9, 9], [-1, 0], [3, 7]]})"),
      config);
  EXPECT_EQ(facts.alignment_heads, (std::vector<WhisperHead>{{3, 7}}));
  facts = whisper_facts_from_json(json::object(), config);
  EXPECT_EQ(facts.alignment_heads.size(), 16u);  // all heads of the last two layers
}

}  // namespace
}  // namespace auris::models
