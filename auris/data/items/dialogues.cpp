#include "auris/data/items/dialogues.h"

#include <algorithm>
#include <utility>

namespace auris::data {
namespace {

// So far back the clip before is looked for: between two there are replies only, one of which may be a clip.
constexpr int kMostBetween = 8;

// The turn behind the reply and all follow-ups.
int64_t end_of(const Clip& clip) { return clip.turn + 2 + 2 * std::ssize(clip.follow_ups); }

// Who speaks a turn, if that was recorded.
std::string speaker_at(const std::map<int64_t, DialogueClip>& turns, int64_t turn) {
  const auto found = turns.find(turn);
  return found == turns.end() ? "" : found->second.clip.speaker;
}

}  // namespace

const std::string& reply_to(const Clip& clip) {
  static const std::string kNone;
  const auto reply = clip.labels.find("dialogue");
  return reply == clip.labels.end() ? kNone : reply->second;
}

void Dialogues::add(const Clip& clip, const std::filesystem::path& folder) {
  if (!clip.dialogue.empty()) dialogues_[clip.dialogue].try_emplace(clip.turn, DialogueClip{clip, folder});
}

const Dialogues::Turns* Dialogues::turns_of(const Clip& clip) const {
  const auto found = dialogues_.find(clip.dialogue);
  return clip.dialogue.empty() || found == dialogues_.end() ? nullptr : &found->second;
}

bool Dialogues::leads_to(const Turns& turns, const Clip& earlier, const Clip& later) {
  if (end_of(earlier) != later.turn || reply_to(earlier).empty() || reply_to(later).empty()) return false;
  const std::string first = speaker_at(turns, earlier.turn + 1), second = speaker_at(turns, later.turn + 1);
  return first.empty() || second.empty() || first == second;
}

EarlierClips Dialogues::before(const Clip& clip, size_t most) const {
  EarlierClips found;
  const Turns* turns = turns_of(clip);
  const Clip* later = turns == nullptr ? nullptr : &clip;
  while (later != nullptr && found.size() < most) {
    const Clip* from = std::exchange(later, nullptr);
    auto place = turns->lower_bound(from->turn);
    for (int i = 0; i < kMostBetween && place != turns->begin(); ++i) {
      --place;
      if (!leads_to(*turns, place->second.clip, *from)) continue;
      found.push_back(&place->second);
      later = &place->second.clip;
      break;
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

bool Dialogues::is_last(const Clip& clip) const {
  const Turns* turns = turns_of(clip);
  if (turns == nullptr) return true;
  const auto next = turns->find(end_of(clip));
  return next == turns->end() || !leads_to(*turns, clip, next->second.clip);
}

}  // namespace auris::data
