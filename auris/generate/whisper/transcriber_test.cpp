// Unlucky input and the options, on the small English model.

#include "auris/generate/whisper/transcriber.h"

#include <atomic>
#include <cctype>
#include <span>
#include <thread>

#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/rng.h"
#include "auris/base/sanitized.h"
#include "auris/models/testing/whisper_golden.h"

namespace auris::generate {
namespace {

const Transcriber& tiny() {
  static const Transcriber transcriber(models::load_whisper(model_folder() / "whisper-tiny.en"));
  return transcriber;
}

audio::AudioClip sentence() {
  return audio::decode_audio(models::testing::librivox_sentence("0930").string());
}

audio::AudioClip constant(size_t samples, float value) {
  audio::AudioClip clip;
  clip.samples.assign(samples, value);
  return clip;
}

TEST(Transcriber, AlmostNothingGivesAnEmptyTranscript) {
  for (size_t samples : {0, 1, 159, 160, 200, 201, 1000}) {
    Transcript transcript = tiny().transcribe(constant(samples, 0.0f));
    EXPECT_EQ(transcript.text, "") << samples;
    EXPECT_TRUE(transcript.segments.empty());
    EXPECT_DOUBLE_EQ(transcript.duration_s, static_cast<double>(samples) / 16000);
  }
}

TEST(Transcriber, PureSilenceAndDitherGiveNoText) {
  EXPECT_EQ(tiny().transcribe(constant(5 * 16000, 0.0f)).text, "");
  EXPECT_EQ(tiny().transcribe(constant(5 * 16000, 1.0f / 32768)).text, "");
}

TEST(Transcriber, ShortClicksDoNotCrash) {
  const std::vector<size_t> lengths = {201, 160, 200, 480};
  for (size_t samples : std::span(lengths).first(cases_of(lengths.size(), 1))) {
    Transcript transcript = tiny().transcribe(constant(samples, 0.5f), {.word_timestamps = true});
    for (const TranscriptSegment& segment : transcript.segments) EXPECT_LE(segment.start, segment.end);
  }
}

TEST(Transcriber, ClippedSpeechIsStillHeard) {
  audio::AudioClip clip = sentence();
  for (float& x : clip.samples) x = std::clamp(x * 20.0f, -1.0f, 1.0f);
  Transcript transcript = tiny().transcribe(clip);
  EXPECT_TRUE(transcript.text.starts_with("He might even have been made")) << transcript.text;
}

std::string letters_of(const std::string& text) {
  std::string letters;
  for (char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) letters += static_cast<char>(std::tolower(c));
  }
  return letters;
}

// With part of the padding, clear speech has the words that it has with all of it.
TEST(Transcriber, PaddingHeardInPartGivesTheSameWords) {
  const std::vector<const char*> numbers = {"0880", "0870", "0890", "0920", "0930"};
  for (const char* number : std::span(numbers).first(cases_of(numbers.size(), 1))) {
    audio::AudioClip clip = audio::decode_audio(models::testing::librivox_sentence(number).string());
    Transcript part = tiny().transcribe(clip, {.word_timestamps = true});
    Transcript whole = tiny().transcribe(clip, {.padding_step = 1, .word_timestamps = true});
    EXPECT_EQ(letters_of(part.text), letters_of(whole.text)) << number;
    ASSERT_FALSE(part.segments.empty());
    EXPECT_NEAR(part.segments.back().words.back().end, whole.segments.back().words.back().end, 0.25)
        << number;
    EXPECT_LE(part.segments.back().end, part.duration_s + 0.1);
  }
}

const Transcriber& base() {
  static const Transcriber transcriber(models::load_whisper(model_folder() / "whisper-base"));
  return transcriber;
}

// Each of these loses its last words when so little of the padding is heard; the text then has no closing
// timestamp, and is searched again.
TEST(Transcriber, TextsWithoutAnEndAreSearchedAgain) {
  const std::vector<std::pair<const char*, const char*>> prompts = {
      {"agent-newlocation", "followedbypound"},
      {"conf-roll-callcomplete", "playbackofthelistofpeopleattendingiscomplete"},
      {"confbridge-only-one", "thereiscurrentlyoneotherparticipantintheconference"}};
  for (const auto& [name, words] : std::span(prompts).first(cases_of(prompts.size(), 1))) {
    audio::AudioClip clip = audio::decode_audio(models::testing::english_prompt(name).string());
    Transcript transcript = base().transcribe(clip, {.language = "en", .padding_step = 16});
    EXPECT_TRUE(letters_of(transcript.text).ends_with(words)) << transcript.text;
  }
}

// The last window is 4 s; with part of its padding the model ends the text before the last word.
TEST(Transcriber, TextsThatEndBeforeTheVoiceAreSearchedAgain) {
  audio::AudioClip clip = audio::decode_audio(models::testing::russian_prompt("demo-congrats").string());
  Transcript transcript = base().transcribe(clip, {.language = "ru", .padding_step = 8});
  EXPECT_TRUE(transcript.text.ends_with("телефоне.")) << transcript.text;
}

// A third of a second, where the model hears nothing at first.
TEST(Transcriber, AWordAloneIsHeard) {
  audio::AudioClip clip = audio::decode_audio(models::testing::russian_prompt("digits/3").string());
  Transcript transcript = base().transcribe(clip, {.language = "ru", .word_timestamps = true});
  ASSERT_EQ(transcript.segments.size(), 1u) << transcript.text;
  const TranscriptSegment& segment = transcript.segments[0];
  EXPECT_EQ(transcript.text, "Три.");
  EXPECT_EQ(segment.start, 0.0);
  EXPECT_GT(segment.end, 0.0);
  EXPECT_LE(segment.end, transcript.duration_s);
  ASSERT_EQ(segment.words.size(), 1u);
  EXPECT_LE(segment.words[0].end, transcript.duration_s);
}

TEST(Transcriber, SamplesThatAreNoNumbersAreAnError) {
  audio::AudioClip clip = sentence();
  clip.samples[1000] = std::nanf("");
  EXPECT_THROW(tiny().transcribe(clip), Error);
}

TEST(Transcriber, WrongOptionsAreUsageErrors) {
  audio::AudioClip clip = sentence();
  auto fails = [&](const TranscribeOptions& options) {
    try {
      tiny().transcribe(clip, options);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kUsage;
    }
    return false;
  };
  EXPECT_TRUE(fails({.beam_size = 0}));
  EXPECT_TRUE(fails({.padding_step = -1}));
  EXPECT_TRUE(fails({.temperatures = {}}));
  EXPECT_TRUE(fails({.temperatures = {-0.5}}));
  EXPECT_TRUE(fails({.hallucination_silence_threshold_s = 2.0}));
  EXPECT_TRUE(fails({.speech = {{0, 1}}, .clips = {{0, 1}}}));
  clip.sample_rate_hz = 44100;
  EXPECT_TRUE(fails({}));
}

TEST(Transcriber, CancellingEndsWithAnError) {
  int asked = 0;
  TranscribeCallbacks callbacks;
  callbacks.cancelled = [&] { return ++asked > 3; };
  try {
    tiny().transcribe(sentence(), {}, callbacks);
    FAIL() << "not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
}

TEST(Transcriber, TokenLimitIsFlagged) {
  Transcript transcript = tiny().transcribe(sentence(), {.temperatures = {0.0}, .max_new_tokens = 4});
  EXPECT_TRUE(transcript.truncated);
  ASSERT_FALSE(transcript.segments.empty());
  EXPECT_TRUE(transcript.segments[0].truncated);
}

TEST(Transcriber, SamplingIsReproducedByItsSeed) {
  TranscribeOptions options = {.best_of = 2, .temperatures = {0.8}, .seed = 5};
  std::string first = tiny().transcribe(sentence(), options).text;
  EXPECT_EQ(tiny().transcribe(sentence(), options).text, first);
  EXPECT_FALSE(first.empty());
}

TEST(Transcriber, WithoutTimestampsThereIsOneSegment) {
  Transcript transcript = tiny().transcribe(sentence(), {.timestamps = false});
  ASSERT_EQ(transcript.segments.size(), 1u);
  EXPECT_EQ(transcript.segments[0].text, " He might even have been made amiable himself.");
}

TEST(Transcriber, ClipsAndSpeechSpansKeepTheirPlaceInTheRecording) {
  audio::AudioClip speech = sentence();
  audio::AudioClip clip;
  clip.samples.assign(4 * 16000, 0.0f);
  clip.samples.insert(clip.samples.end(), speech.samples.begin(), speech.samples.end());
  const double end = clip.duration_s();
  clip.samples.resize(clip.samples.size() + 3 * 16000, 0.0f);
  for (const TranscribeOptions& options :
       {TranscribeOptions{.clips = {{4.0, end}}}, TranscribeOptions{.speech = {{4.0, end}}}}) {
    Transcript transcript = tiny().transcribe(clip, options);
    ASSERT_FALSE(transcript.segments.empty());
    EXPECT_EQ(transcript.text, "He might even have been made amiable himself.");
    EXPECT_GE(transcript.segments.front().start, 4.0);
    EXPECT_LE(transcript.segments.back().end, end + 0.02);
    EXPECT_DOUBLE_EQ(transcript.duration_s, clip.duration_s());
  }
}

TEST(Transcriber, PromptsAndHotwordsStayInsideTheContext) {
  std::string words;
  for (int i = 0; i < 400; ++i) words += "amiable ";
  TranscribeOptions options = {.temperatures = {0.0}, .initial_prompt = words, .hotwords = words};
  EXPECT_NO_THROW(tiny().transcribe(sentence(), options));
  options = {.temperatures = {0.0}, .initial_prompt = words, .prefix = words};
  EXPECT_NO_THROW(tiny().transcribe(sentence(), options));
}

// Steps of one forward: another number of rows must not change a bit of what each recording becomes.
TEST(Transcriber, ManyAtOnceWriteWhatEachWritesAlone) {
  const std::vector<std::string> numbers = {"0870", "0880", "0890", "0920"};
  const std::span<const std::string> names = std::span(numbers).first(cases_of(numbers.size(), 2));
  std::vector<audio::AudioClip> clips;
  std::vector<Transcript> alone;
  for (const std::string& number : names) {
    clips.push_back(audio::decode_audio(models::testing::librivox_sentence(number).string()));
    alone.push_back(tiny().transcribe(clips.back()));
  }
  std::vector<std::thread> threads;
  std::vector<Transcript> together(clips.size());
  std::atomic<int> called_off = 0;
  for (size_t i = 0; i < clips.size(); ++i) {
    threads.emplace_back([&, i] { together[i] = tiny().transcribe(clips[i]); });
    // Some go on their way, and leave nothing in the caches.
    threads.emplace_back([&, i] {
      int checks = 0;
      try {
        tiny().transcribe(clips[i], {}, {.cancelled = [&] { return ++checks > 6; }});
      } catch (const Error& error) {
        called_off += error.code() == ErrorCode::kCancelled ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(called_off, static_cast<int>(clips.size()));
  for (size_t i = 0; i < clips.size(); ++i) {
    ASSERT_EQ(together[i].segments.size(), alone[i].segments.size());
    for (size_t k = 0; k < alone[i].segments.size(); ++k) {
      EXPECT_EQ(together[i].segments[k].tokens, alone[i].segments[k].tokens);
      EXPECT_EQ(together[i].segments[k].avg_logprob, alone[i].segments[k].avg_logprob);
      EXPECT_EQ(together[i].segments[k].no_speech_prob, alone[i].segments[k].no_speech_prob);
    }
  }
}

}  // namespace
}  // namespace auris::generate
