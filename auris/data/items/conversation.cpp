#include "auris/data/items/conversation.h"

#include <algorithm>

#include "auris/data/items/item_builder.h"
#include "auris/data/tasks/wordings.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

std::string without_blanks(const std::string& text) { return text::substitute(text, R"(^\s+|\s+$)", ""); }

// A written turn without its mark.
std::string text_beside(const std::string& written) {
  std::string text = written;
  const size_t mark = text.find(kAudioMark);
  if (mark != std::string::npos) text.erase(mark, kAudioMark.size());
  return without_blanks(text);
}

EarlierTurn turn_about(const Clip& clip, std::string text) {
  EarlierTurn turn{.text = std::move(text)};
  if (!turn.has_recording()) return turn;
  turn.words = clip.text;
  turn.clip = clip.id;
  turn.speaker = clip.speaker;
  turn.synthetic = clip.synthetic;
  turn.licence = clip.licence;
  turn.origin = clip.origin;
  turn.clip_sha256 = clip.sha256;
  turn.consent = clip.consent;
  return turn;
}

// The turn that holds the instruction, where nothing is written beside its clip.
EarlierTurn opening(const Clip& clip, Configuration configuration, const std::string& instruction,
                    const std::string& voice, const std::string& carrier) {
  const std::string mark(kAudioMark);
  if (configuration == Configuration::kTextAudio) return turn_about(clip, instruction + "\n" + mark);
  const bool reads = configuration == Configuration::kAudioText;
  EarlierTurn turn = turn_about(clip, reads ? mark + "\n" + clip.text : carrier + "\n" + mark);
  turn.words = reads || clip.text.empty() ? instruction : instruction + " " + clip.text;
  turn.voice = voice;
  return turn;
}

bool is_carrier(const std::string& text) {
  return std::ranges::any_of(all_wordings(), [&](const Wordings& wordings) {
    return std::ranges::find(wordings.carriers, text) != wordings.carriers.end();
  });
}

EarlierTurn reply(const std::string& text) { return {.role = Role::kAssistant, .text = text}; }

}  // namespace

bool asks_in_turns(const Task& task, const Clip& clip) {
  if (task.text_input != TextInput::kContext) return false;
  const bool conversation = task.id == "dialogue" && (!clip.dialogue.empty() || !clip.follow_ups.empty());
  return conversation || !clip.written.empty();
}

Configuration configuration_of_written(const std::string& written) {
  const std::string text = text_beside(written);
  if (text.empty() || is_carrier(text)) return Configuration::kAudio;
  return written.starts_with(kAudioMark) ? Configuration::kAudioText : Configuration::kTextAudio;
}

std::variant<Item, Rejection> ItemBuilder::plan_turns(Item item, const Task& task, const Clip& clip,
                                                      const EarlierClips& earlier,
                                                      const std::string& language) const {
  const bool conversation = task.id == "dialogue";
  if (conversation && !clip.dialogue.empty() && earlier.empty() && clip.follow_ups.empty()) {
    return Rejection{item.id, "first_turn", "nothing was said before it"};
  }
  std::vector<const Clip*> clips;
  for (const DialogueClip* turn : earlier) clips.push_back(&turn->clip);
  clips.push_back(&clip);
  const auto written =
      std::find_if(clips.begin(), clips.end(), [](const Clip* turn) { return !turn->written.empty(); });
  if (written != clips.end()) {
    const Configuration only = configuration_of_written((*written)->written);
    if (item.configuration != only) {
      return Rejection{item.id, "other_configuration",
                       "what is written beside the recording makes it " + std::string(name_of(only))};
    }
  }
  const Choices chosen = choose(item, task, language);
  const bool reads = item.configuration == Configuration::kAudioText && written == clips.end();
  std::vector<EarlierTurn> turns;
  for (const Clip* turn : clips) {
    if (reads && text::words_of(turn->text).empty()) {
      return Rejection{item.id, "no_answer", "the manifest does not tell what is said in " + turn->id};
    }
    if (!turn->written.empty()) {
      turns.push_back(turn_about(*turn, turn->written));
    } else if (turns.empty() && written == clips.end()) {
      turns.push_back(opening(*turn, item.configuration, chosen.instruction, chosen.voice, chosen.carrier));
    } else {
      turns.push_back(turn_about(*turn, reads ? turn->text : std::string(kAudioMark)));
    }
    turns.push_back(reply(turn == &clip ? item.answer : reply_to(*turn)));
    if (!conversation) continue;
    for (const FollowUp& next : turn->follow_ups) {
      turns.push_back({.text = next.question});
      turns.push_back(reply(next.answer));
    }
  }
  item.answer = turns.back().text;
  turns.pop_back();
  item.prompt = turns.back().text;
  turns.pop_back();
  item.history = std::move(turns);
  item.instruction = written == clips.end() ? chosen.instruction : text_beside(item.prompt);
  return item;
}

}  // namespace auris::data
