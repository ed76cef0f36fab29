#pragma once
// A conversation: turns made of text and recordings in any order.

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::processor {

enum class Role { kSystem, kUser, kAssistant, kTool };
constexpr std::string_view name_of(Role role) {
  constexpr std::string_view kNames[] = {"system", "user", "assistant", "tool"};
  return kNames[static_cast<int>(role)];
}

struct TextPart {
  std::string text;  // never read as control marks, whatever it contains
};
using Clip = std::shared_ptr<const audio::AudioClip>;  // mono, 16 kHz
struct Recognition;
struct AudioPart {
  Clip clip;
  // What a model that hears words hears in it, where somebody knows already; else its listener is asked.
  std::shared_ptr<const Recognition> known = {};
};
using Part = std::variant<TextPart, AudioPart>;

struct Message {
  Role role = Role::kUser;
  std::vector<Part> parts;
};

}  // namespace auris::processor
