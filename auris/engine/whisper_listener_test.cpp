// What a model that hears words is told about a recording, with the real Whisper base.

#include "auris/engine/whisper_listener.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "auris/audio/decode.h"
#include "auris/base/cache_folder.h"
#include "auris/base/test_folder.h"
#include "auris/engine/engine.h"
#include "auris/models/audio_llm/composed_model_writer.h"

namespace auris::engine {
namespace {

constexpr int kPooled = 4;

const char* const kRecording =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

const std::shared_ptr<const models::WhisperModel>& whisper() {
  static const auto model = models::load_whisper(model_folder() / "whisper-base");
  return model;
}

int64_t sound_columns() { return int64_t{whisper()->config.stages()} * whisper()->config.d_model; }

processor::Clip clip_of(audio::AudioClip clip) {
  return std::make_shared<const audio::AudioClip>(std::move(clip));
}

processor::Clip sentence() {
  static const processor::Clip clip = clip_of(audio::decode_audio(kRecording));
  return clip;
}

float largest_difference(const Tensor& a, const Tensor& b) {
  float largest = 0;
  for (size_t i = 0; i < a.span<float>().size(); ++i)
    largest = std::max(largest, std::abs(a.span<float>()[i] - b.span<float>()[i]));
  return largest;
}

// The states are what predicted the tokens: the model's own logits of each say so.
TEST(WhisperListener, StatesPredictTheTokensOfTheText) {
  const WhisperListener listener(whisper(), kPooled);
  const auto heard = listener.listen(sentence());
  const generate::Transcript said = generate::Transcriber(whisper()).transcribe(*sentence());
  EXPECT_EQ(heard->text, said.text);
  ASSERT_FALSE(heard->token_ends.empty());
  EXPECT_TRUE(std::ranges::is_sorted(heard->token_ends));
  EXPECT_EQ(heard->token_ends.back(), heard->text.size());
  ASSERT_EQ(heard->states.rows(), static_cast<int64_t>(heard->token_ends.size()));
  EXPECT_EQ(heard->sound.shape(), Shape({kPooled, sound_columns()}));

  const generate::WhisperVocabulary vocabulary(whisper()->tokenizer, whisper()->config.vocab_size);
  std::vector<int32_t> tokens;
  for (const generate::TranscriptSegment& segment : said.segments) {
    std::ranges::copy_if(segment.tokens, std::back_inserter(tokens),
                         [&](int32_t id) { return vocabulary.is_text(id); });
  }
  ASSERT_EQ(tokens.size(), heard->token_ends.size());
  const Tensor logits = whisper()->decoder.logits(heard->states);
  size_t likeliest = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const std::span<const float> row =
        std::span<const float>(logits.span<float>())
            .subspan(i * static_cast<size_t>(logits.cols()), static_cast<size_t>(vocabulary.end_of_text));
    likeliest += std::ranges::max_element(row) - row.begin() == tokens[i] ? 1 : 0;
  }
  // A beam may choose a token that is not the likeliest by itself.
  EXPECT_GE(likeliest * 10, tokens.size() * 9);
}

// By the definition: means of the rows that each stage of the encoder has for the first stretch.
TEST(WhisperListener, SoundIsWhatEachStageOfTheEncoderMakesOfAStretch) {
  const auto heard = WhisperListener(whisper(), kPooled).listen(sentence());
  std::vector<Tensor> stages;
  generate::TranscribeCallbacks callbacks;
  callbacks.on_encoded = [&](double, std::span<const Tensor> rows) {
    stages.assign(rows.begin(), rows.end());
  };
  generate::Transcriber(whisper()).transcribe(*sentence(), {}, callbacks);
  const int64_t columns = whisper()->config.d_model;
  ASSERT_EQ(static_cast<int64_t>(stages.size()) * columns, heard->sound.cols());
  EXPECT_NEAR(static_cast<double>(stages.front().rows()), 50 * sentence()->duration_s(), 2);
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    const int64_t rows = stages[stage].rows() / kPooled;
    std::vector<double> means(static_cast<size_t>(columns));
    double sum = 0, squares = 0;
    for (int64_t column = 0; column < columns; ++column) {
      double& mean = means[static_cast<size_t>(column)];
      for (int64_t row = 0; row < rows; ++row)
        mean += stages[stage].data<float>()[row * columns + column] / static_cast<double>(rows);
      sum += mean;
      squares += mean * mean;
    }
    const double centre = sum / static_cast<double>(columns);
    const double deviation = std::sqrt(squares / static_cast<double>(columns) - centre * centre);
    const float* row = heard->sound.data<float>() + static_cast<int64_t>(stage) * columns;
    for (int64_t column = 0; column < columns; ++column) {
      ASSERT_NEAR(row[column], (means[static_cast<size_t>(column)] - centre) / deviation, 1e-4)
          << "stage " << stage << ", column " << column;
    }
  }
}

// A recording of two windows has the rows of the first beside those of the rest.
TEST(WhisperListener, SoundIsPooledOverEveryThirtySeconds) {
  const WhisperListener listener(models::load_whisper(model_folder() / "whisper-tiny.en"), kPooled);
  audio::AudioClip twice = *sentence();
  while (twice.duration_s() < 35)
    twice.samples.insert(twice.samples.end(), sentence()->samples.begin(), sentence()->samples.end());
  EXPECT_EQ(listener.listen(clip_of(twice))->sound.rows(), 2 * kPooled);
}

TEST(WhisperListener, SilenceIsRowsOfNothing) {
  const WhisperListener listener(whisper(), kPooled);
  for (const size_t samples : {0, 200, 16000}) {
    audio::AudioClip silence;
    silence.samples.assign(samples, 0.0f);
    const auto heard = listener.listen(clip_of(std::move(silence)));
    EXPECT_EQ(heard->text, "");
    EXPECT_FALSE(heard->states.defined());
    EXPECT_EQ(heard->sound.rows(), kPooled);
  }
}

TEST(WhisperListener, RemembersRecordings) {
  const WhisperListener listener(whisper(), kPooled);
  const auto first = listener.listen(sentence());
  EXPECT_EQ(listener.listen(sentence()), first);
  const auto again = listener.listen(clip_of(*sentence()));
  EXPECT_NE(again, first);
  EXPECT_EQ(largest_difference(again->states, first->states), 0.0f);
}

// With a map of zero and no rows of sound the model reads what was heard: a recording in a conversation
// answers as its transcript does.
TEST(WhisperListener, AnUntrainedModelReadsTheTranscript) {
  TestFolder folder;
  const int64_t width = whisper()->config.d_model, hidden = 576;
  models::write_composed_model(folder.path(),
                               {.encoder = "whisper-base",
                                .language_model = "smollm2-135m-instruct",
                                .projector = {.kind = models::ProjectorKind::kWords, .pooled = 0}},
                               {{"projector.states_norm.weight", Tensor::zeros({width})},
                                {"projector.sound_norm.weight", Tensor::zeros({hidden})},
                                {"projector.words.weight", Tensor::zeros({hidden, width})},
                                {"projector.sound.weight", Tensor::zeros({hidden, sound_columns()})},
                                {"projector.sound.bias", Tensor::zeros({hidden})}});
  const auto model = load_language_model(folder.path(), "words");
  const std::string transcript = model->listener->listen(sentence())->text;
  const processor::ModelInput heard = model->prompt_of({{"user", "What is it about?", {sentence()}}});
  const processor::ModelInput read = model->prompt_of({{"user", transcript + "\nWhat is it about?"}});
  ASSERT_EQ(heard.rows(), read.rows());
  const Tensor rows = model->ears->embed(heard.ids, model->ears->project(heard.heard).rows);
  EXPECT_EQ(largest_difference(rows, model->llama->embed(read.ids)), 0.0f);

  auto engine = Engine::load({.language_model = folder.path().string()});
  auto session = engine->start_session();
  const auto first = session->send({.text = "What is it about?", .audio = {sentence()}}, {.max_tokens = 8});
  const auto second = session->send("Say it again.", {.max_tokens = 8});
  EXPECT_GE(second.cached_tokens, first.prompt_tokens);  // what was heard is not computed again
}

}  // namespace
}  // namespace auris::engine
