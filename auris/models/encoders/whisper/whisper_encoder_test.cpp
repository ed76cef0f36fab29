// Against transformers in f32 with the same weights (tools/reference/whisper_layers.py).

#include "auris/models/encoders/whisper/whisper_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "auris/base/cache_folder.h"
#include "auris/models/testing/device_under_test.h"
#include "auris/models/testing/whisper_golden.h"
#include "auris/tensor/ops/rows.h"

namespace auris::models {
namespace {

using testing::sampled_error;

constexpr int64_t kRowStep = 149;  // of whisper_layers.py

WhisperEncoder load(const std::string& model) {
  auto checkpoint = weights::open_checkpoint(model_folder() / model);
  WhisperConfig config = whisper_config_of(*checkpoint);
  return {whisper_encoder_weights(*checkpoint, config, "model.encoder.", testing::device_under_test()),
          config};
}

std::string layer_name(int layer, int layers) {
  if (layer < 0) return "stem";
  return layer == layers ? "final" : fmt::format("layer_{}", layer);
}

void compare_layers(const std::string& model, const std::string& recording,
                    const std::filesystem::path& path) {
  WhisperEncoder encoder = load(model);
  auto golden =
      weights::open_checkpoint(testing::whisper_golden_folder() / ("layers_" + model + ".safetensors"));
  std::string first_different;
  int compared = 0;
  WhisperEncodeOptions options;
  options.tap = [&](int layer, const Tensor& rows) {
    std::string name = recording + ".encoder." + layer_name(layer, encoder.config().encoder_layers);
    double error = sampled_error(rows, golden->tensor(name), kRowStep);
    ++compared;
    if (!(error <= 1e-3) && first_different.empty()) first_different = fmt::format("{}: {}", name, error);
  };
  Tensor mel = testing::first_window(audio::decode_audio(path.string()));
  Tensor hidden = encoder.forward(mel, RowLayout::single(mel.rows()), options).hidden;
  EXPECT_EQ(hidden.device(), testing::device_under_test());
  EXPECT_EQ(compared, encoder.config().encoder_layers + 2);
  EXPECT_EQ(first_different, "");
}

TEST(WhisperEncoder, EqualsTransformersForBase) {
  compare_layers("whisper-base", "librivox", testing::librivox_sentence("0880"));
  compare_layers("whisper-base", "prompt", testing::english_prompt("agent-alreadyon"));
}

TEST(WhisperEncoder, EqualsTransformersForTinyEnglish) {
  compare_layers("whisper-tiny.en", "librivox", testing::librivox_sentence("0880"));
  compare_layers("whisper-tiny.en", "prompt", testing::english_prompt("agent-alreadyon"));
}

TEST(WhisperEncoder, RaggedSpansEqualSingleOnes) {
  WhisperEncoder encoder = load("whisper-tiny.en");
  Tensor mel = testing::first_window(audio::decode_audio(testing::librivox_sentence("0880").string()));
  Tensor parts = mel.slice_rows(0, 501);
  RowLayout layout;
  layout.add(200);
  layout.add(301);
  EncodedAudio both = encoder.forward(parts, layout);
  ASSERT_EQ(both.layout.spans.size(), 2u);
  EXPECT_EQ(both.layout.spans[0].row_count, 100);
  EXPECT_EQ(both.layout.spans[1].row_count, 151);
  Tensor second = encoder.forward(mel.slice_rows(200, 301), RowLayout::single(301)).hidden;
  EXPECT_LE(sampled_error(both.hidden.slice_rows(100, 151), second, 1), 1e-5);
}

TEST(WhisperEncoder, KeepsOnlyTheRowsAskedFor) {
  WhisperEncoder encoder = load("whisper-tiny.en");
  Tensor mel = testing::first_window(audio::decode_audio(testing::librivox_sentence("0880").string()));
  WhisperEncodeOptions options;
  options.keep_rows = {120};
  int64_t stem_rows = 0;
  options.tap = [&](int layer, const Tensor& rows) {
    if (layer == -1) stem_rows = rows.rows();
  };
  EncodedAudio cut = encoder.forward(mel.slice_rows(0, 1000), RowLayout::single(1000), options);
  EXPECT_EQ(stem_rows, 120);
  EXPECT_EQ(cut.hidden.rows(), 120);
  // The convolutions reach one row further, so only that row may know of what was left out.
  EncodedAudio exact = encoder.forward(mel.slice_rows(0, 240), RowLayout::single(240));
  EXPECT_LE(sampled_error(cut.hidden.slice_rows(0, 60), exact.hidden.slice_rows(0, 60), 1), 0.05);
}

// Two recordings in one call, each with 2 s of padding, continued to full windows.
TEST(WhisperEncoder, EveryRowOfThePaddingIsTheWholeWindow) {
  WhisperEncoder encoder = load("whisper-tiny.en");
  audio::AudioClip clip = audio::decode_audio(testing::librivox_sentence("0880").string());
  Tensor whole = testing::first_window(clip);
  const auto frames = static_cast<int64_t>(clip.samples.size()) / 320 * 2 + 200;
  RowLayout two;
  two.add(frames);
  two.add(frames);
  Tensor short_window = whole.slice_rows(0, frames);
  EncodedAudio padded =
      encoder.forward(ops::concat_rows(short_window, short_window), two, {.padding_step = 1});
  Tensor expected = encoder.forward(whole, RowLayout::single(3000)).hidden;
  ASSERT_EQ(padded.hidden.rows(), 3000);
  // Only the window's last row sees that the frames end there.
  EXPECT_LE(sampled_error(padded.hidden.slice_rows(0, 1499), expected.slice_rows(0, 1499), 1), 1e-3);
  EXPECT_LE(sampled_error(padded.hidden.slice_rows(1500, 1499), expected.slice_rows(0, 1499), 1), 1e-3);
}

TEST(WhisperEncoder, FewRowsOfThePaddingStandForAll) {
  WhisperEncoder encoder = load("whisper-base");
  audio::AudioClip clip = audio::decode_audio(testing::librivox_sentence("0880").string());
  Tensor whole = testing::first_window(clip);
  const int64_t speech = static_cast<int64_t>(clip.samples.size()) / 320, rows = speech + 100;
  Tensor short_window = whole.slice_rows(0, 2 * rows);
  auto encode = [&](const WhisperEncodeOptions& options) {
    return encoder.forward(short_window, RowLayout::single(2 * rows), options);
  };
  EncodedAudio sparse = encode({.padding_step = 16});
  ASSERT_EQ(sparse.hidden.rows(), rows + (1500 - rows + 15) / 16);
  double copies = 0;
  for (float bias : sparse.layout.key_bias) copies += std::exp(static_cast<double>(bias));
  EXPECT_NEAR(copies, 1500, 1e-3);
  Tensor expected = encoder.forward(whole, RowLayout::single(3000)).hidden.slice_rows(0, speech);
  double error = sampled_error(sparse.hidden.slice_rows(0, speech), expected, 1);
  double error_without_padding = sampled_error(encode({}).hidden.slice_rows(0, speech), expected, 1);
  EXPECT_LE(error, 0.1);
  EXPECT_LE(1.5 * error, error_without_padding);  // measured: 0.087 and 0.165
}

TEST(WhisperEncoder, RefusesWindowsThatAreTooLong) {
  WhisperEncoder encoder = load("whisper-tiny.en");
  EXPECT_THROW(encoder.forward(Tensor::zeros({3001, 80}), RowLayout::single(3001)), Error);
}

}  // namespace
}  // namespace auris::models
