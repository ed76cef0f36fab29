#include "auris/data/synthesis/text_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/audio/wav_writer.h"
#include "auris/base/atomic_file.h"
#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/rng.h"
#include "auris/base/sha256.h"
#include "auris/base/stable_hash.h"
#include "auris/data/manifest/records.h"
#include "auris/data/manifest/text_fields.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 10> kFields{
    "id", "text", "language", "split", "labels", "translations", "questions", "licence", "dialogue", "turn"};
constexpr int64_t kMostTurns = 100'000;

std::vector<const Voice*> chosen_voices(const SpeakOptions& options) {
  std::vector<const Voice*> voices;
  for (const std::string& id : options.voices) voices.push_back(&voice_named(id));
  if (options.voices.empty()) {
    for (const Voice& voice : synthetic_voices()) voices.push_back(&voice);
  }
  return voices;
}

void check(const SpeakOptions& options) {
  const bool sound =
      options.voices_per_text > 0 && options.slowest <= options.fastest && options.lowest <= options.highest;
  if (sound) return;
  throw Error(ErrorCode::kUsage,
              {.where = "data speak",
               .expected = "at least one voice for a text and ranges that begin below their end",
               .got = fmt::format("{} voices, rates {} to {}, pitches {} to {}", options.voices_per_text,
                                  options.slowest, options.fastest, options.lowest, options.highest),
               .hint = ""});
}

double between(double low, double high, Rng& rng) {
  return std::round((low + (high - low) * rng.uniform()) * 100) / 100;
}

class Speaker {
 public:
  Speaker(fs::path list, fs::path folder, const SpeakOptions& options, const RejectionSink& rejected)
      : list_(std::move(list)),
        folder_(std::move(folder)),
        options_(options),
        rejected_(rejected),
        voices_(chosen_voices(options)),
        manifest_(folder_ / "clips.jsonl") {}

  SpeakReport run() {
    std::ifstream file(list_, std::ios::binary);
    if (!file || fs::is_directory(list_)) {
      throw Error(ErrorCode::kInput, {.where = "data speak",
                                      .expected = "a file of texts that can be read",
                                      .got = quoted(list_.string()),
                                      .hint = ""});
    }
    const std::function<void(ListedText)> sink = [&](ListedText text) { speak_all(text); };
    const RecordCounts counts =
        read_records(file, list_.filename().string(), "no_text", listed_text_from, sink, rejected_);
    report_.lines = counts.lines;
    report_.texts = counts.records;
    report_.rejected += counts.rejected;
    report_.blank = counts.blank;
    manifest_.commit();
    return report_;
  }

 private:
  void reject(const ListedText& text, const char* reason, std::string detail) {
    ++report_.rejected;
    rejected_({text.id, reason, std::move(detail)});
  }

  void speak_all(const ListedText& text) {
    Rng rng(stable_hash(text.dialogue.empty() ? text.id : text.dialogue, options_.seed));
    std::vector<const Voice*> able;
    std::copy_if(voices_.begin(), voices_.end(), std::back_inserter(able),
                 [&](const Voice* voice) { return voice->language == text.language; });
    if (able.empty()) return reject(text, "no_voice", "no voice speaks " + quoted(text.language));
    const size_t wanted = std::min(able.size(), static_cast<size_t>(options_.voices_per_text));
    for (size_t i = 0; i < wanted; ++i) {
      std::swap(able[i], able[i + static_cast<size_t>(rng.below(able.size() - i))]);
      SpeakingStyle style{.rate = between(options_.slowest, options_.fastest, rng),
                          .pitch = between(options_.lowest, options_.highest, rng)};
      if (able[i]->has_one_pitch) style.pitch = 1;
      try {
        speak_one(text, *able[i], style);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kInput) throw;
        reject(text, "not_spoken", error.what());
      }
      if (options_.progress && !options_.progress(report_.clips)) {
        throw Error(ErrorCode::kCancelled, {.where = "data speak",
                                            .expected = "to be let finish",
                                            .got = "an interruption",
                                            .hint = "the same command goes on"});
      }
    }
  }

  void speak_one(const ListedText& text, const Voice& voice, const SpeakingStyle& style) {
    const std::string made_of = fmt::format("{}\n{}\n{}\n{}", voice.id, style.rate, style.pitch, text.text);
    const std::string name = "audio/" + sha256_hex(std::as_bytes(std::span(made_of))).substr(0, 24);
    const fs::path sound = folder_ / (name + ".wav"), phones = folder_ / (name + ".ipa");
    std::string ipa;
    audio::AudioClip spoken;
    if (fs::exists(sound) && fs::exists(phones)) {
      spoken = audio::decode_audio(sound);
      std::getline(std::ifstream(phones), ipa);
      ++report_.reused;
    } else {
      spoken = speak(text.text, voice, style, &ipa);
      fs::create_directories(sound.parent_path());
      audio::write_wav(sound, spoken);
      AtomicFile file(phones, ErrorCode::kInput);
      file.write(std::as_bytes(std::span(ipa)));
      file.commit();
    }
    ++report_.clips;
    report_.seconds += spoken.duration_s();
    manifest_.add(clip_of(text, voice, style, name + ".wav", ipa, spoken.duration_s()));
  }

  static Clip clip_of(const ListedText& text, const Voice& voice, const SpeakingStyle& style,
                      const std::string& audio, const std::string& ipa, double duration_s) {
    Clip clip;
    clip.id = text.id + "/" + voice.id;
    clip.audio = audio;
    clip.duration_s = duration_s;
    clip.source = source_of(voice.program);
    clip.split = text.split;
    clip.language = text.language;
    clip.text = text.text;
    clip.speaker = voice.id;
    clip.labels = text.labels;
    clip.labels["speaker_gender"] = voice.gender;
    clip.labels["synthetic_speech_detection"] = "fake";
    if (!voice.accent.empty()) clip.labels["accent"] = voice.accent;
    if (!ipa.empty()) clip.labels["phoneme_recognition"] = ipa;
    clip.translations = text.translations;
    clip.questions = text.questions;
    if (!text.dialogue.empty()) clip.dialogue = text.dialogue + "/" + voice.id;
    clip.turn = text.turn;
    clip.licence = text.licence;
    clip.origin = fmt::format("{}, rate {:g}, pitch {:g}", voice.package, style.rate, style.pitch);
    clip.consent = Consent::kSynthetic;
    clip.synthetic = true;
    return clip;
  }

  fs::path list_, folder_;
  const SpeakOptions& options_;
  const RejectionSink& rejected_;
  std::vector<const Voice*> voices_;
  ManifestWriter manifest_;
  SpeakReport report_;
};

}  // namespace

ListedText listed_text_from(const nlohmann::json& json, const std::string& where) {
  const JsonFields fields(json, where, ErrorCode::kInput);
  fields.allow(kFields);
  ListedText text;
  text.id = fields.text("id");
  if (text.id.empty()) fields.fail("id", "an id", "an empty text");
  text.text = fields.text("text");
  if (text.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fields.fail("text", "words to say", quoted(text.text));
  }
  text.language = fields.text("language", "en");
  text.split = fields.text("split", "");
  text.labels = named_texts(fields, "labels");
  text.translations = named_texts(fields, "translations");
  text.questions = named_texts(fields, "questions");
  text.licence = fields.text("licence", "");
  text.dialogue = fields.text("dialogue", "");
  text.turn = fields.integer("turn", {0, kMostTurns}, 0);
  return text;
}

SpeakReport speak_texts(const fs::path& list, const fs::path& folder, const SpeakOptions& options,
                        const RejectionSink& rejected) {
  check(options);
  return Speaker(list, folder, options, rejected).run();
}

}  // namespace auris::data
