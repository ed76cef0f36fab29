#include "auris/eval/run/speech_system.h"

#include "auris/base/error.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::eval {
namespace {

constexpr int kPromptVersion = 1;

// The prompt without its mark, and without the line breaks that kept that apart.
std::string text_of(const data::Item& item) {
  std::string text = item.prompt;
  const size_t mark = text.find(data::kAudioMark);
  AURIS_CHECK(mark != std::string::npos);
  text.erase(mark, data::kAudioMark.size());
  const size_t begin = text.find_first_not_of(" \n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

class Speech : public System {
 public:
  Speech(std::shared_ptr<engine::Engine> engine, const SpeechOptions& options)
      : engine_(std::move(engine)), options_(options) {
    if (!engine_->language_model()->hears()) {
      throw Error(ErrorCode::kModel,
                  {.where = "speech",
                   .expected = "a language model that hears",
                   .got = quoted(engine_->options().language_model) + ", which reads text only",
                   .hint = "docs/audio_models.md tells which models hear"});
    }
    fingerprint_ =
        weights::model_fingerprint(weights::Catalog::load().resolve(engine_->options().language_model));
  }

  std::string name() const override { return "speech"; }

  nlohmann::ordered_json settings() const override {
    nlohmann::ordered_json settings = {{"system", name()},
                                       {"prompt_version", kPromptVersion},
                                       {"language_model", engine_->options().language_model},
                                       {"language_model_hash", fingerprint_},
                                       {"max_tokens", options_.max_tokens}};
    if (options_.constrained) settings["constrained"] = name_of(*options_.constrained);
    return settings;
  }

  SystemAnswer answer(const data::Item& item, const audio::AudioClip& recording) override {
    const auto clip = std::make_shared<const audio::AudioClip>(recording);
    if (const auto labels = choosable_labels(item, options_.constrained)) {
      const auto model = engine_->language_model();
      const processor::ModelInput prompt = model->prompt_of({{"user", text_of(item), {clip}}});
      return choose_label(*model, prompt, *labels, *options_.constrained);
    }
    generate::GenerationOptions generation;
    generation.max_tokens = options_.max_tokens;
    const generate::Generation said =
        engine_->start_session()->send(engine::Turn{.text = text_of(item), .audio = {clip}}, generation);
    return {.answer = said.text, .truncated = said.finish_reason == generate::FinishReason::kMaxTokens};
  }

 private:
  std::shared_ptr<engine::Engine> engine_;
  SpeechOptions options_;
  std::string fingerprint_;
};

}  // namespace

std::unique_ptr<System> make_speech(std::shared_ptr<engine::Engine> engine, const SpeechOptions& options) {
  return std::make_unique<Speech>(std::move(engine), options);
}

}  // namespace auris::eval
