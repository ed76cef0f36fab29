#include "auris/data/sources/conversation.h"

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/sources/lines.h"

namespace auris::data {

std::vector<ConversationClip> clips_of_conversation(const std::vector<EarlierTurn>& turns, const Clip& about,
                                                    const std::string& where) {
  const auto fail = [&](const std::string& expected, const std::string& got) {
    throw Error(ErrorCode::kInput, {.where = where, .expected = expected, .got = got, .hint = ""});
  };
  if (turns.empty() || turns.size() % 2 != 0) {
    fail("a reply to each turn of the user", fmt::format("{} turns", turns.size()));
  }
  if (!turns.front().has_recording()) fail("<audio> in the first turn", "none");
  std::vector<ConversationClip> clips;
  for (size_t i = 0; i < turns.size(); i += 2) {
    const std::string &text = turns[i].text, &reply = turns[i + 1].text;
    if (turns[i].role != Role::kUser || turns[i + 1].role != Role::kAssistant) {
      fail("turns of user and assistant by turns", fmt::format("another order at turn {}", i));
    }
    if (audio_marks_in(text) > 1 || audio_marks_in(reply) > 0) {
      fail("<audio> once at most, and in no reply", fmt::format("more at turn {}", i));
    }
    if (trimmed(text).empty() || trimmed(reply).empty()) fail("texts", fmt::format("none at turn {}", i));
    if (!turns[i].has_recording()) {
      clips.back().clip.follow_ups.push_back({.question = text, .answer = reply});
      continue;
    }
    ConversationClip found{.clip = about, .turn = i, .recording = clips.size()};
    found.clip.id = fmt::format("{}/turn-{}", about.id, i);
    found.clip.dialogue = about.id;
    found.clip.turn = static_cast<int64_t>(i);
    found.clip.written = text;
    found.clip.labels["dialogue"] = reply;
    clips.push_back(std::move(found));
  }
  return clips;
}

}  // namespace auris::data
