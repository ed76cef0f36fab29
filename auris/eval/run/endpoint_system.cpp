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

  SystemAnswer answer(const data::Item& item, const audio::AudioClip& recording) override {
    if (item.configuration == data::Configuration::kTextAudio && item.task == "speech_recognition") {
      if (!options_.hears) return {.answer = item.transcript, .transcript = item.transcript};
      if (!options_.transcriber.empty()) {
        const std::string words =
            endpoint_.transcribe(audio::wav_bytes(recording), options_.transcriber, item.language);
        return {.answer = words, .transcript = words};
      }
    }
    SystemAnswer answer;
    ChatRequest request{.max_tokens = options_.max_tokens};
    if (options_.hears) {
      request.content = heard_parts(item, recording);
    } else {
      answer.transcript = spoken_words(item);
      request.content = {{.text = heard_prompt(item, answer.transcript)}};
    }
    ChatReply reply = endpoint_.complete(request);
    answer.answer = std::move(reply.text);
    answer.truncated = reply.truncated;
    return answer;
  }

 private:
  static std::vector<ChatPart> heard_parts(const data::Item& item, const audio::AudioClip& recording) {
    const size_t mark = item.prompt.find(data::kAudioMark);
    AURIS_CHECK(mark != std::string::npos);
    std::vector<ChatPart> parts;
    if (mark > 0) parts.push_back({.text = item.prompt.substr(0, mark)});
    parts.push_back({.wav = audio::wav_bytes(recording)});
    const std::string behind = item.prompt.substr(mark + data::kAudioMark.size());
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
