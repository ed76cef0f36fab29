#include "auris/data/recognition/engine_recognizer.h"

#include "auris/data/recognition/recognition_cache.h"
#include "auris/eval/metrics/error_rate.h"
#include "auris/text/language_names.h"
#include "auris/text/text_rules.h"
#include "auris/text/whisper_normalizer.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::data {
namespace {

class EngineRecognizer : public Recognizer {
 public:
  EngineRecognizer(std::shared_ptr<engine::Engine> engine, const EngineRecognizerOptions& options)
      : engine_(std::move(engine)), options_(options) {
    const std::string& name = engine_->options().speech_model;
    settings_ = {{"model", name},
                 {"model_hash", weights::model_fingerprint(weights::Catalog::load().resolve(name))},
                 {"beam_size", options_.beam_size}};
    if (engine_->device() != Device::kCpu) settings_["device"] = name_of(engine_->device());
    if (!options_.cache.empty()) cache_ = std::make_unique<RecognitionCache>(options_.cache);
  }

  nlohmann::ordered_json settings() const override { return settings_; }

  Recognition recognize(const Clip& clip, const std::string& content,
                        const std::function<audio::AudioClip()>& sound) override {
    std::string wanted = text::language_code(clip.language);
    if (text::language_name(wanted).empty()) wanted.clear();
    const Heard first = hear(content, "", sound);
    const bool told = first.language_probability > 0;
    const bool again = told && !wanted.empty() && wanted != first.language;
    Recognition recognition{.text = again ? hear(content, wanted, sound).text : first.text,
                            .language = told && !wanted.empty() ? first.language : "",
                            .language_probability = first.language_probability,
                            .character_error_rate = {}};
    recognition.character_error_rate = character_error_rate(clip.text, recognition.text, wanted);
    return recognition;
  }

 private:
  Heard hear(const std::string& content, const std::string& language,
             const std::function<audio::AudioClip()>& sound) {
    const std::string key = heard_key(settings_, content, language);
    if (cache_) {
      if (const Heard* known = cache_->find(key)) return *known;
    }
    generate::TranscribeOptions options;
    options.language = language;
    options.beam_size = options_.beam_size;
    options.temperatures = {0.0};
    const generate::Transcript said = engine_->transcribe(sound(), options);
    Heard heard{.key = key, .text = said.text, .language = said.language, .language_probability = 0};
    if (!said.languages.empty()) heard.language_probability = said.language_probability;
    if (cache_) cache_->add(heard);
    return heard;
  }

  std::shared_ptr<engine::Engine> engine_;
  EngineRecognizerOptions options_;
  nlohmann::ordered_json settings_;
  std::unique_ptr<RecognitionCache> cache_;
};

}  // namespace

std::unique_ptr<Recognizer> make_engine_recognizer(std::shared_ptr<engine::Engine> engine,
                                                   const EngineRecognizerOptions& options) {
  return std::make_unique<EngineRecognizer>(std::move(engine), options);
}

std::optional<double> character_error_rate(const std::string& text, const std::string& heard,
                                           const std::string& language) {
  if (text::words_of(text::normalize_basic(text)).empty()) return std::nullopt;
  const text::EnglishNormalizer english;
  const auto normal = [&](const std::string& words) {
    return language == "en" ? english(words) : text::normalize_basic(words);
  };
  eval::ErrorCounter counter(eval::ErrorUnit::kCharacter);
  return eval::sums_of(counter.count(normal(text), normal(heard))).rate();
}

}  // namespace auris::data
