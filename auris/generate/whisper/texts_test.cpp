// What is written down for real recordings in five languages, against openai-whisper (greedy, word times,
// language) and faster-whisper (5 beams) in f32 with the same weights: tools/reference/whisper_texts.py.

#include <gtest/gtest.h>

#include <fstream>

#include "auris/base/cache_folder.h"
#include "auris/base/sanitized.h"
#include "auris/generate/whisper/transcriber.h"
#include "auris/generate/whisper/window_decoder.h"
#include "auris/generate/whisper/word_timing.h"
#include "auris/models/testing/whisper_golden.h"
#include "tests/source_folder.h"

namespace auris::generate {
namespace {

using nlohmann::json;

json golden(const std::string& name) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/whisper/" + name);
  return json::parse(file);
}

std::vector<TokenId> text_of(const WhisperVocabulary& vocabulary, const std::vector<TokenId>& tokens) {
  std::vector<TokenId> text;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text),
               [&](TokenId id) { return vocabulary.is_text(id); });
  return text;
}

struct Tally {
  int recordings = 0;
  int beam_texts = 0;
  int equal_beam_texts = 0;
  int word_times = 0;
  int near_word_times = 0;
};

class Comparison {
 public:
  explicit Comparison(const std::string& name)
      : model_(models::load_whisper(model_folder() / name)),
        vocabulary_(model_->tokenizer, model_->config.vocab_size),
        state_(*model_) {}

  void compare(const json& entry) {
    file_ = std::filesystem::path(entry["file"].get<std::string>()).filename();
    audio::AudioClip clip = audio::decode_audio(entry["file"].get<std::string>());
    Tensor mel = models::testing::first_window(clip);
    state_.listen(model_->encoder.forward(mel, RowLayout::single(mel.rows())));
    TranscribeOptions options;
    language_ = entry["language"];
    const WhisperLanguage* language = vocabulary_.find_language(language_);
    WindowPrompt prompt = make_prompt(vocabulary_, options,
                                      {.previous = {}, .language = language != nullptr ? language->token : 0},
                                      model_->config.max_target_positions);
    ++tally.recordings;
    compare_language(entry);
    compare_greedy(entry["greedy"], prompt);
    compare_beams(entry["beam"], prompt);
    compare_words(entry, static_cast<int64_t>(clip.samples.size()) / 160);
  }

  Tally tally;

 private:
  WindowText decode(const WindowPrompt& prompt, const TranscribeOptions& options) {
    return WindowDecoder(state_, vocabulary_, options, {}).decode(prompt);
  }

  void compare_language(const json& entry) {
    if (!vocabulary_.multilingual()) return;
    TranscribeOptions options;
    LanguageProbability best = WindowDecoder(state_, vocabulary_, options, {}).detect_language().front();
    EXPECT_EQ(best.code, entry["detected"]["language"]) << file_;
    EXPECT_NEAR(best.probability, entry["detected"]["probability"].get<double>(), 2e-3) << file_;
  }

  void compare_greedy(const json& expected, const WindowPrompt& prompt) {
    TranscribeOptions options = {.beam_size = 1, .temperatures = {0.0}};
    WindowText text = decode(prompt, options);
    EXPECT_EQ(text.tokens, expected["tokens"].get<std::vector<TokenId>>())
        << file_ << vocabulary_.decode(text.tokens);
    EXPECT_NEAR(text.avg_logprob, expected["avg_logprob"].get<double>(), 2e-3) << file_;
    EXPECT_NEAR(text.no_speech_prob, expected["no_speech_prob"].get<double>(), 2e-3) << file_;
    EXPECT_NEAR(text.compression_ratio, expected["compression_ratio"].get<double>(), 1e-3) << file_;
  }

  // Texts that were sampled at a temperature differ from run to run; only those of the search itself are
  // compared.
  void compare_beams(const json& expected, const WindowPrompt& prompt) {
    if (expected["temperature"] != 0.0) return;
    WindowText text = decode(prompt, {.temperatures = {0.0}});
    ++tally.beam_texts;
    const bool equal = vocabulary_.decode(text.tokens) == expected["text"].get<std::string>();
    tally.equal_beam_texts += equal ? 1 : 0;
    if (!equal)
      std::cerr << file_ << ": " << vocabulary_.decode(text.tokens) << " instead of " << expected["text"]
                << "\n";
  }

  void compare_words(const json& entry, int64_t frames) {
    AlignmentRequest request = {
        .language = 0, .language_code = language_, .translate = false, .frames = frames};
    if (vocabulary_.multilingual()) request.language = vocabulary_.find_language(language_)->token;
    std::vector<TokenId> text = text_of(vocabulary_, entry["greedy"]["tokens"].get<std::vector<TokenId>>());
    std::vector<TimedWord> words = align_words(state_, vocabulary_, text, request);
    ASSERT_EQ(words.size(), entry["words"].size()) << file_;
    for (size_t i = 0; i < words.size(); ++i) {
      const json& expected = entry["words"][i];
      EXPECT_EQ(words[i].text, expected["word"].get<std::string>()) << file_;
      EXPECT_NEAR(words[i].probability, expected["probability"].get<double>(), 5e-3)
          << file_ << words[i].text;
      tally.word_times += 2;
      tally.near_word_times += std::abs(words[i].start - expected["start"].get<double>()) <= 0.0401 ? 1 : 0;
      tally.near_word_times += std::abs(words[i].end - expected["end"].get<double>()) <= 0.0401 ? 1 : 0;
    }
  }

  std::shared_ptr<const models::WhisperModel> model_;
  WhisperVocabulary vocabulary_;
  WindowState state_;
  std::string file_;
  std::string language_;
};

void compare_texts(const std::string& model) {
  Comparison comparison(model);
  const json entries = golden("texts_" + model + ".json");
  ASSERT_GE(entries.size(), 20u);
  for (size_t i = 0; i < cases_of(entries.size(), 3); ++i) comparison.compare(entries[i]);
  const Tally& tally = comparison.tally;
  EXPECT_GE(tally.near_word_times, 0.95 * tally.word_times);
  EXPECT_GE(tally.equal_beam_texts, 0.95 * tally.beam_texts);
  std::cerr << model << ": " << tally.recordings << " recordings, beam texts equal " << tally.equal_beam_texts
            << "/" << tally.beam_texts << ", word times within 0.04 s " << tally.near_word_times << "/"
            << tally.word_times << "\n";
}

TEST(Texts, BaseEqualsTheReferences) { compare_texts("whisper-base"); }
TEST(Texts, TinyEnglishEqualsTheReferences) { compare_texts("whisper-tiny.en"); }

// tools/reference/whisper_long.py: several windows, with word times.
audio::AudioClip long_recording() {
  audio::AudioClip all;
  for (int round = 0; round < 2; ++round) {
    for (const char* number : {"0870", "0880", "0890", "0920", "0930"}) {
      if (!all.samples.empty()) all.samples.resize(all.samples.size() + 16000, 0.0f);
      audio::AudioClip part = audio::decode_audio(models::testing::librivox_sentence(number).string());
      all.samples.insert(all.samples.end(), part.samples.begin(), part.samples.end());
    }
  }
  return all;
}

void compare_long(const std::string& name) {
  json expected = golden("long.json")[name];
  audio::AudioClip clip = long_recording();
  ASSERT_EQ(clip.samples.size(), expected["samples"].get<size_t>());
  Transcriber transcriber(models::load_whisper(model_folder() / name));
  size_t seen = 0;
  double done = 0;
  TranscribeCallbacks callbacks;
  callbacks.on_segment = [&](const TranscriptSegment&) { ++seen; };
  callbacks.on_progress = [&](double done_s, double) { done = done_s; };
  Transcript transcript =
      transcriber.transcribe(clip, {.padding_step = 1, .word_timestamps = true}, callbacks);
  EXPECT_EQ(transcript.language, expected["language"]);
  EXPECT_EQ(seen, transcript.segments.size());
  EXPECT_NEAR(done, transcript.duration_s, 0.02);
  EXPECT_FALSE(transcript.truncated);
  ASSERT_EQ(transcript.segments.size(), expected["segments"].size()) << transcript.text;
  int times = 0;
  int near = 0;
  for (size_t i = 0; i < transcript.segments.size(); ++i) {
    const TranscriptSegment& segment = transcript.segments[i];
    const json& other = expected["segments"][i];
    EXPECT_EQ(segment.text, other["text"].get<std::string>());
    EXPECT_EQ(segment.tokens, other["tokens"].get<std::vector<TokenId>>());
    EXPECT_NEAR(segment.avg_logprob, other["avg_logprob"].get<double>(), 2e-3);
    ASSERT_EQ(segment.words.size(), other["words"].size());
    for (size_t w = 0; w < segment.words.size(); ++w) {
      EXPECT_EQ(segment.words[w].word, other["words"][w]["word"].get<std::string>());
      times += 2;
      near += std::abs(segment.words[w].start - other["words"][w]["start"].get<double>()) <= 0.0401 ? 1 : 0;
      near += std::abs(segment.words[w].end - other["words"][w]["end"].get<double>()) <= 0.0401 ? 1 : 0;
    }
  }
  EXPECT_GE(near, 0.95 * times);
}

TEST(Texts, SeveralWindowsOfBaseEqualFasterWhisper) { compare_long("whisper-base"); }
TEST(Texts, SeveralWindowsOfTinyEnglishEqualFasterWhisper) { compare_long("whisper-tiny.en"); }

}  // namespace
}  // namespace auris::generate
