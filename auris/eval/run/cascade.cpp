#include "auris/eval/run/cascade.h"

#include <unordered_map>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/sha256.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::eval {
namespace {

using data::Configuration;

constexpr int kPromptVersion = 1;
constexpr size_t kMostHeard = 1 << 16;  // texts kept: some megabytes

class Cascade : public System {
 public:
  Cascade(std::shared_ptr<engine::Engine> engine, const CascadeOptions& options)
      : engine_(std::move(engine)), options_(options) {
    const weights::Catalog catalog = weights::Catalog::load();
    speech_fingerprint_ = weights::model_fingerprint(catalog.resolve(engine_->options().speech_model));
    language_fingerprint_ = weights::model_fingerprint(catalog.resolve(engine_->options().language_model));
  }

  std::string name() const override { return options_.oracle ? "oracle" : "cascade"; }

  nlohmann::ordered_json settings() const override {
    nlohmann::ordered_json settings = {{"system", name()},
                                       {"prompt_version", kPromptVersion},
                                       {"language_model", engine_->options().language_model},
                                       {"language_model_hash", language_fingerprint_},
                                       {"max_tokens", options_.max_tokens}};
    if (!options_.oracle) {
      settings["speech_model"] = engine_->options().speech_model;
      settings["speech_model_hash"] = speech_fingerprint_;
      settings["beam_size"] = options_.beam_size;
    }
    if (engine_->device() != Device::kCpu) settings["device"] = name_of(engine_->device());
    if (options_.constrained) {
      settings["constrained"] = name_of(*options_.constrained);
      settings["label_names"] = "with aliases";
    }
    return settings;
  }

  SystemAnswer answer(const LoadedItem& asked) override {
    const data::Item& item = asked.item;
    const audio::AudioClip& recording = asked.recording;
    const bool read = item.configuration == Configuration::kTextAudio && item.has_recording();
    if (read && item.task == "speech_recognition") {
      const std::string words =
          options_.oracle ? item.transcript : heard(recording, generate::WhisperTask::kTranscribe);
      return {.answer = words, .transcript = words};
    }
    if (read && item.task == "speech_translation" && !options_.oracle) {
      const std::string words = heard(recording, generate::WhisperTask::kTranslate);
      return {.answer = words, .transcript = words};
    }
    SystemAnswer answer;
    if (item.has_recording()) {
      answer.transcript =
          options_.oracle ? spoken_words(item) : heard(recording, generate::WhisperTask::kTranscribe);
    }
    const std::string prompt = heard_prompt(item.prompt, answer.transcript);
    std::vector<engine::Message> messages = earlier_messages(asked);
    if (const auto labels = choosable_labels(item, options_.constrained)) {
      const auto model = engine_->language_model();
      messages.push_back({"user", prompt});
      SystemAnswer chosen = choose_label(*model, model->prompt_of(messages), *labels, *options_.constrained);
      chosen.transcript = std::move(answer.transcript);
      return chosen;
    }
    auto session = engine_->start_session({.history = std::move(messages)});
    generate::GenerationOptions generation;
    generation.max_tokens = options_.max_tokens;
    const generate::Generation said = session->send(prompt, generation);
    answer.answer = said.text;
    answer.truncated = said.finish_reason == generate::FinishReason::kMaxTokens;
    return answer;
  }

 private:
  std::vector<engine::Message> earlier_messages(const LoadedItem& asked) {
    std::vector<engine::Message> messages;
    for (size_t i = 0; i < asked.item.history.size(); ++i) {
      const data::EarlierTurn& turn = asked.item.history[i];
      const auto recording = asked.earlier.find(i);
      std::string words = turn.words;
      if (recording != asked.earlier.end() && !options_.oracle) {
        words = heard(recording->second, generate::WhisperTask::kTranscribe);
      }
      messages.push_back({std::string(name_of(turn.role)), heard_prompt(turn.text, words)});
    }
    return messages;
  }

  // Several tasks ask about one clip: it is heard once.
  const std::string& heard(const audio::AudioClip& recording, generate::WhisperTask task) {
    Sha256 hash;
    hash.update(std::as_bytes(std::span(recording.samples)));
    const std::string key =
        fmt::format("{} {} {}", hash.hex_digest(), recording.sample_rate_hz,
                    task == generate::WhisperTask::kTranslate ? "translate" : "transcribe");
    if (const auto found = heard_.find(key); found != heard_.end()) return found->second;
    if (heard_.size() >= kMostHeard) heard_.clear();
    return heard_.emplace(key, hear(recording, task)).first->second;
  }

  std::string hear(const audio::AudioClip& recording, generate::WhisperTask task) {
    generate::TranscribeOptions options;
    options.task = task;
    options.beam_size = options_.beam_size;
    return engine_->transcribe(recording, options).text;
  }

  std::shared_ptr<engine::Engine> engine_;
  CascadeOptions options_;
  std::string speech_fingerprint_, language_fingerprint_;
  std::unordered_map<std::string, std::string> heard_;
};

}  // namespace

std::string spoken_words(const data::Item& item) {
  if (item.voice.empty()) return item.transcript;
  if (item.clip_start_s == 0 || item.transcript.empty()) return item.instruction;
  return item.instruction + " " + item.transcript;
}

std::string heard_prompt(const std::string& turn, const std::string& heard) {
  const std::string words =
      heard.empty() ? "Nobody speaks in a recording." : "Somebody says in a recording:\n\"" + heard + "\"\n";
  std::string prompt = turn;
  const size_t mark = prompt.find(data::kAudioMark);
  if (mark == std::string::npos) return prompt;
  return prompt.replace(mark, data::kAudioMark.size(), words);
}

std::unique_ptr<System> make_cascade(std::shared_ptr<engine::Engine> engine, const CascadeOptions& options) {
  return std::make_unique<Cascade>(std::move(engine), options);
}

}  // namespace auris::eval
