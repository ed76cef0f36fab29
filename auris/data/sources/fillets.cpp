// The talking fish of Fish Fillets as Debian's packages fillets-ng-data and fillets-ng-data-{cs,nl} install
// them in /usr/share/games/fillets-ng: sound/LEVEL/[.../]LANG/NAME.ogg, and what is said in
// script/LEVEL/*dialogs_LANG.lua: dialogId("NAME", "FONT", "ENGLISH") dialogStr("TRANSLATION"). The font
// tells who speaks. In the levels of the original game the small fish is spoken by Gabriela Pyšná and the big
// one by Vít Musil (the game's credits); who speaks in later levels and in Dutch is not written anywhere.

#include <algorithm>
#include <array>
#include <map>

#include "auris/data/sources/layouts.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Phrase {
  std::string font, text, english;
};
using Phrases = std::map<std::string, Phrase>;  // by NAME

// The next Lua string behind `at`, which moves behind it; empty if there is none.
std::string next_string(const std::string& script, size_t& at) {
  std::string text;
  at = std::min(script.find('"', at), script.size());
  for (++at; at < script.size() && script[at] != '"'; ++at) {
    if (script[at] == '\\' && ++at == script.size()) break;
    text += script[at];
  }
  ++at;
  return text;
}

void read_dialogs(const fs::path& file, Phrases& phrases) {
  constexpr std::string_view kId = "dialogId(", kText = "dialogStr(";
  std::string script;
  for (const std::string& line : lines_of(file)) {
    if (!trimmed(line).starts_with("--")) script += line + '\n';
  }
  Phrase* last = nullptr;
  for (size_t at = script.find("dialog"); at != std::string::npos; at = script.find("dialog", at)) {
    if (script.compare(at, kId.size(), kId) == 0) {
      const std::string name = next_string(script, at), font = next_string(script, at);
      last = &phrases[name];
      *last = {.font = font, .text = "", .english = next_string(script, at)};
    } else if (script.compare(at, kText.size(), kText) == 0 && last != nullptr) {
      last->text = next_string(script, at);
    } else {
      ++at;
    }
    if (at >= script.size()) return;
  }
}

Phrases phrases_of(const fs::path& folder, const std::string& language) {
  Phrases phrases;
  if (!fs::is_directory(folder)) return phrases;
  for (const fs::path& file : files_below(folder, "dialogs_" + language + ".lua")) {
    read_dialogs(folder / file, phrases);
  }
  return phrases;
}

bool is_original(const std::string& level) {
  constexpr std::array<std::string_view, 10> kLater{"electromagnet", "fdto",  "hanoi",  "hole",   "key",
                                                    "keys",          "linux", "nowall", "rotate", "rush"};
  return std::find(kLater.begin(), kLater.end(), level) == kLater.end();
}

void tell_speaker(const Phrase& phrase, const std::string& level, Clip& clip) {
  const bool small = phrase.font == "font_small";
  if (!small && phrase.font != "font_big") return;  // crabs, Vikings and others
  const std::string fish = small ? "small-fish" : "big-fish";
  if (!is_original(level)) {
    clip.speaker = "fillets-" + clip.language + "-later-" + fish;
    return;
  }
  clip.speaker = "fillets-" + clip.language + "-" + fish;
  if (clip.language == "cs") clip.labels["speaker_gender"] = small ? "female" : "male";
}

void ingest_level(Ingest& ingest, const std::string& level, const std::string& language) {
  const fs::path folder = fs::path("sound") / level;
  const Phrases phrases = phrases_of(ingest.root() / "script" / level, language);
  for (const fs::path& recording : files_below(ingest.root() / folder, ".ogg")) {
    if (recording.parent_path().filename() != language) continue;
    Clip clip;
    clip.id = "fillets/" + level + "/" + fs::path(recording).replace_extension().generic_string();
    const auto phrase = phrases.find(recording.stem().string());
    if (phrase == phrases.end() || phrase->second.text.empty()) {
      ingest.reject(clip.id, "no_text", "no dialog of its level says what is said");
      continue;
    }
    clip.language = language;
    clip.text = phrase->second.text;
    if (!phrase->second.english.empty()) clip.translations = {{"en", phrase->second.english}};
    clip.labels = {{"synthetic_speech_detection", "real"}};
    tell_speaker(phrase->second, level, clip);
    clip.licence = "GPL-2.0-only";
    clip.origin = "fillets-ng-data-" + language;
    clip.consent = Consent::kLicence;
    ingest.add(folder / recording, std::move(clip));
  }
}

}  // namespace

void ingest_fillets(Ingest& ingest) {
  ingest.needed("script");
  std::vector<std::string> levels;
  for (const fs::directory_entry& level : fs::directory_iterator(ingest.needed("sound"))) {
    if (level.is_directory()) levels.push_back(level.path().filename().string());
  }
  std::sort(levels.begin(), levels.end());
  for (const std::string& level : levels) {
    for (const char* language : {"cs", "nl"}) ingest_level(ingest, level, language);
  }
}

}  // namespace auris::data
