#include "auris/server/chat/place_recordings.h"

#include <string>
#include <variant>
#include <vector>

namespace auris::server {

void place_recordings(processor::Message& turn, const engine::LanguageModel& model) {
  std::string text;
  size_t texts = 0;
  std::vector<processor::Clip> clips;
  for (const processor::Part& part : turn.parts) {
    if (const auto* audio = std::get_if<processor::AudioPart>(&part)) {
      clips.push_back(audio->clip);
    } else {
      text = std::get<processor::TextPart>(part).text;
      ++texts;
    }
  }
  if (clips.empty() || texts > 1) return;
  const processor::Role role = turn.role;
  turn = model.processor->user_turn(text, clips);
  turn.role = role;
}

}  // namespace auris::server
