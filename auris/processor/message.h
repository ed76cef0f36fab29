#pragma once
// A conversation: turns made of text and recordings in any order.

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::processor {

enum class Role { kSystem, kUser, kAssistant };
constexpr std::string_view name_of(Role role) {
  return role == Role::kSystem ? "system" : role == Role::kUser ? "user" : "assistant";
}

struct TextPart {
  std::string text;  // never read as control marks, whatever it contains
};
struct AudioPart {
  std::shared_ptr<const audio::AudioClip> clip;  // mono, 16 kHz
};
using Part = std::variant<TextPart, AudioPart>;

struct Message {
  Role role = Role::kUser;
  std::vector<Part> parts;
};

}  // namespace auris::processor
