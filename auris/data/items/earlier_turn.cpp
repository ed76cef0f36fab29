#include "auris/data/items/earlier_turn.h"

#include <array>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/data/manifest/text_fields.h"

namespace auris::data {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr double kLongestS = 1e6;
constexpr size_t kMostTurns = 1000;
constexpr std::array<std::string_view, 12> kFields{"role",    "text",    "words",       "voice",
                                                   "clip",    "speaker", "duration_s",  "synthetic",
                                                   "licence", "origin",  "clip_sha256", "consent"};

EarlierTurn turn_from(const JsonFields& fields, Role role) {
  fields.allow(kFields);
  if (fields.text("role") != name_of(role)) {
    fields.fail("role", std::string(name_of(role)) + ", as turns go by turns", quoted(fields.text("role")));
  }
  EarlierTurn turn{.role = role, .text = fields.text("text")};
  if (turn.text.empty()) fields.fail("text", "a text", "an empty one");
  const size_t marks = audio_marks_in(turn.text), most = role == Role::kUser ? 1 : 0;
  if (marks > most) {
    fields.fail("text", most == 1 ? "<audio> once at most" : "no <audio>", fmt::format("{} times", marks));
  }
  if (marks == 0) {
    if (fields.json().size() > 2) fields.fail("text", "<audio>, as the turn has a recording", "none");
    return turn;
  }
  turn.words = fields.text("words", "");
  turn.voice = fields.text("voice", "");
  turn.clip = fields.text("clip", "");
  turn.speaker = fields.text("speaker", "");
  turn.duration_s = fields.number("duration_s", {0, kLongestS});
  turn.synthetic = fields.flag("synthetic", false);
  turn.licence = fields.text("licence", "");
  turn.origin = fields.text("origin", "");
  turn.clip_sha256 = hash_in(fields, "clip_sha256");
  turn.consent = consent_in(fields);
  return turn;
}

ordered_json to_json(const EarlierTurn& turn) {
  ordered_json out = {{"role", name_of(turn.role)}, {"text", turn.text}};
  if (!turn.has_recording()) return out;
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) out[key] = text;
  };
  put("words", turn.words);
  put("voice", turn.voice);
  put("clip", turn.clip);
  put("speaker", turn.speaker);
  out["duration_s"] = turn.duration_s;
  if (turn.synthetic) out["synthetic"] = true;
  put("licence", turn.licence);
  put("origin", turn.origin);
  put("clip_sha256", turn.clip_sha256);
  if (turn.consent != Consent::kUnknown) out["consent"] = name_of(turn.consent);
  return out;
}

}  // namespace

size_t audio_marks_in(std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(kAudioMark); at != std::string_view::npos; at = text.find(kAudioMark, at + 1)) {
    ++count;
  }
  return count;
}

std::string_view name_of(Role role) { return role == Role::kUser ? "user" : "assistant"; }

std::string recording_name(size_t turn) { return fmt::format("{}.wav", turn); }

ordered_json to_json(const std::vector<EarlierTurn>& turns) {
  ordered_json list = ordered_json::array();
  for (const EarlierTurn& turn : turns) list.push_back(to_json(turn));
  return list;
}

std::vector<EarlierTurn> earlier_turns_from(const json& list, const std::string& where) {
  const auto fail = [&](const std::string& expected, const std::string& got) {
    throw Error(ErrorCode::kInput,
                {.where = where + ", 'history'", .expected = expected, .got = got, .hint = ""});
  };
  if (!list.is_array()) fail("a list of turns", list.type_name());
  if (list.size() % 2 != 0 || list.size() > kMostTurns) {
    fail(fmt::format("turns of user and assistant, {} at most", kMostTurns), fmt::format("{}", list.size()));
  }
  std::vector<EarlierTurn> turns;
  for (const json& entry : list) {
    const JsonFields fields(entry, fmt::format("{}, turn {}", where, turns.size()), ErrorCode::kInput);
    turns.push_back(turn_from(fields, turns.size() % 2 == 0 ? Role::kUser : Role::kAssistant));
  }
  return turns;
}

}  // namespace auris::data
