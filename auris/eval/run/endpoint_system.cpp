#include "auris/eval/run/endpoint_system.h"

#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/eval/run/cascade.h"

namespace auris::eval {
namespace {

constexpr int kPromptVersion = 1;

class EndpointSystem : public System {
 public:
  EndpointSystem(EndpointOptions endpoint, const EndpointSystemOptions& options)
      : endpoint_(std::move(endpoint)), options_(options) {}

  std::string name() const override { return "endpoint"; }

  nlohmann::ordered_json settings() const override {
    nlohmann::ordered_json settings = {{"system", name()},
                                       {"prompt_version", kPromptVersion},
                                       {"endpoint", endpoint_.url()},
                                       {"endpoint_model", endpoint_.model()},
                                       {"input", options_.hears ? "audio" : "text"},
                                       {"temperature", 0},
                                       {"max_tokens", options_.max_tokens}};
    if (!options_.transcriber.empty()) settings["transcriber"] = options_.transcriber;
    return settings;
  }

  SystemAnswer answer(const LoadedItem& asked) override {
    const data::Item& item = asked.item;
    if (item.configuration == data::Configuration::kTextAudio && item.task == "speech_recognition" &&
        item.has_recording()) {
      if (!options_.hears) return {.answer = item.transcript, .transcript = item.transcript};
      if (!options_.transcriber.empty()) {
        const std::string words =
            endpoint_.transcribe(audio::wav_bytes(asked.recording), options_.transcriber, item.language);
        return {.answer = words, .transcript = words};
      }
    }
    SystemAnswer answer;
    ChatRequest request{.max_tokens = options_.max_tokens};
    for (size_t i = 0; i < item.history.size(); ++i) {
      const data::EarlierTurn& turn = item.history[i];
      const auto recording = asked.earlier.find(i);
      const audio::AudioClip* sound = recording == asked.earlier.end() ? nullptr : &recording->second;
      request.history.push_back(
          {.role = std::string(name_of(turn.role)), .content = parts_of(turn.text, sound, turn.words)});
    }
    if (!options_.hears && item.has_recording()) answer.transcript = spoken_words(item);
    request.content = parts_of(item.prompt, &asked.recording, answer.transcript);
    ChatReply reply = endpoint_.complete(request);
    answer.answer = std::move(reply.text);
    answer.truncated = reply.truncated;
    return answer;
  }

 private:
  // A turn with its recording where that is marked, or with its words.
  std::vector<ChatPart> parts_of(const std::string& text, const audio::AudioClip* recording,
                                 const std::string& words) const {
    const size_t mark = text.find(data::kAudioMark);
    if (mark == std::string::npos) return {{.text = text}};
    if (!options_.hears) return {{.text = heard_prompt(text, words)}};
    AURIS_CHECK(recording != nullptr);
    std::vector<ChatPart> parts;
    if (mark > 0) parts.push_back({.text = text.substr(0, mark)});
    parts.push_back({.wav = audio::wav_bytes(*recording)});
    const std::string behind = text.substr(mark + data::kAudioMark.size());
    if (!behind.empty()) parts.push_back({.text = behind});
    return parts;
  }

  ChatEndpoint endpoint_;
  EndpointSystemOptions options_;
};

}  // namespace

std::unique_ptr<System> make_endpoint_system(EndpointOptions endpoint, const EndpointSystemOptions& options) {
  return std::make_unique<EndpointSystem>(std::move(endpoint), options);
}

}  // namespace auris::eval
