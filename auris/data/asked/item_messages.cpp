#include "auris/data/asked/item_messages.h"

#include <memory>
#include <string>

namespace auris::data {
namespace {

// A turn without its mark, and without the line breaks that kept that apart.
std::string text_of(std::string text) {
  const size_t mark = text.find(kAudioMark);
  if (mark == std::string::npos) return text;
  text.erase(mark, kAudioMark.size());
  const size_t begin = text.find_first_not_of(" \n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

engine::Message message_of(Role role, const std::string& text, const audio::AudioClip* recording) {
  engine::Message message{std::string(name_of(role)), text_of(text), {}};
  if (recording != nullptr) message.audio = {std::make_shared<const audio::AudioClip>(*recording)};
  return message;
}

}  // namespace

std::vector<engine::Message> messages_of(const LoadedItem& loaded) {
  std::vector<engine::Message> messages;
  const Item& item = loaded.item;
  for (size_t i = 0; i < item.history.size(); ++i) {
    const auto recording = loaded.earlier.find(i);
    messages.push_back(message_of(item.history[i].role, item.history[i].text,
                                  recording == loaded.earlier.end() ? nullptr : &recording->second));
  }
  messages.push_back(
      message_of(Role::kUser, item.prompt, item.has_recording() ? &loaded.recording : nullptr));
  return messages;
}

}  // namespace auris::data
