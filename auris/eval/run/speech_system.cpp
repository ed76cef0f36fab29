#include "auris/eval/run/speech_system.h"

#include "auris/base/error.h"
#include "auris/data/asked/item_messages.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::eval {
namespace {

constexpr int kPromptVersion = 1;

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
    if (engine_->device() != Device::kCpu) settings["device"] = name_of(engine_->device());
    if (options_.constrained) {
      settings["constrained"] = name_of(*options_.constrained);
      settings["label_names"] = "with aliases";
    }
    return settings;
  }

  SystemAnswer answer(const LoadedItem& asked) override {
    std::vector<engine::Message> messages = data::messages_of(asked);
    if (const auto labels = choosable_labels(asked.item, options_.constrained)) {
      const auto model = engine_->language_model();
      return choose_label(*model, model->prompt_of(messages), *labels, *options_.constrained);
    }
    const engine::Message last = std::move(messages.back());
    messages.pop_back();
    generate::GenerationOptions generation;
    generation.max_tokens = options_.max_tokens;
    const auto session = engine_->start_session({.history = std::move(messages)});
    const generate::Generation said =
        session->send(engine::Turn{.text = last.content, .audio = last.audio}, generation);
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
