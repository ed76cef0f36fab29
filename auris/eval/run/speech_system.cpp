#include "auris/eval/run/speech_system.h"

#include "auris/base/error.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::eval {
namespace {

constexpr int kPromptVersion = 1;

// A turn without its mark, and without the line breaks that kept that apart.
std::string text_of(std::string text) {
  const size_t mark = text.find(data::kAudioMark);
  if (mark == std::string::npos) return text;
  text.erase(mark, data::kAudioMark.size());
  const size_t begin = text.find_first_not_of(" \n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

// A turn of the user, or an earlier one, with its recording.
engine::Message message_of(data::Role role, const std::string& text, const audio::AudioClip* recording) {
  engine::Message message{std::string(name_of(role)), text_of(text), {}};
  if (recording != nullptr) message.audio = {std::make_shared<const audio::AudioClip>(*recording)};
  return message;
}

std::vector<engine::Message> earlier_messages(const LoadedItem& asked) {
  std::vector<engine::Message> messages;
  for (size_t i = 0; i < asked.item.history.size(); ++i) {
    const data::EarlierTurn& turn = asked.item.history[i];
    const auto recording = asked.earlier.find(i);
    messages.push_back(
        message_of(turn.role, turn.text, recording == asked.earlier.end() ? nullptr : &recording->second));
  }
  return messages;
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
    if (options_.constrained) {
      settings["constrained"] = name_of(*options_.constrained);
      settings["label_names"] = "with aliases";
    }
    return settings;
  }

  SystemAnswer answer(const LoadedItem& asked) override {
    std::vector<engine::Message> messages = earlier_messages(asked);
    engine::Message last = message_of(data::Role::kUser, asked.item.prompt,
                                      asked.item.has_recording() ? &asked.recording : nullptr);
    if (const auto labels = choosable_labels(asked.item, options_.constrained)) {
      messages.push_back(std::move(last));
      const auto model = engine_->language_model();
      return choose_label(*model, model->prompt_of(messages), *labels, *options_.constrained);
    }
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
