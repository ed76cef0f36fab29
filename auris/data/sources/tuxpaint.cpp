// The stamps of Tux Paint as Debian's package tuxpaint-stamps-default installs them in
// /usr/share/tuxpaint/stamps: for a picture NAME.png a text NAME.txt (an English phrase, then
// LANG.utf8=TRANSLATION), the phrase spoken by volunteers in NAME_desc_LANG.ogg (English in NAME_desc.ogg,
// digits in NAME_LANG.ogg), and the sound of the thing in NAME.ogg.

#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/sources/layouts.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

// Phrases by language.
std::map<std::string, std::string> phrases_of(const fs::path& file) {
  constexpr std::string_view kMark = ".utf8=";
  std::map<std::string, std::string> phrases;
  if (!fs::exists(file)) return phrases;
  for (const std::string& line : lines_of(file)) {
    const size_t mark = line.find(kMark);
    const std::string language = mark == std::string::npos ? "en" : line.substr(0, mark);
    const std::string text = trimmed(mark == std::string::npos ? line : line.substr(mark + kMark.size()));
    if (!text.empty()) phrases.try_emplace(language, text);
  }
  return phrases;
}

Clip clip_of(const fs::path& recording) {
  Clip clip;
  clip.id = "tuxpaint/" + (recording.parent_path() / recording.stem()).generic_string();
  clip.licence = "GPL-2.0-or-later";
  clip.origin = "tuxpaint-stamps-default";
  clip.consent = Consent::kLicence;
  return clip;
}

// Who speaks the descriptions (NAME_desc_LANG) of a language: the package's changelog tells the name, the
// given name the gender, and the voices' median pitch agrees: 114 to 143 Hz here for men, 220 to 259 Hz for
// women. In the other languages several people speak, or nobody says who. Numbers and letters are often
// somebody else's.
struct Volunteer {
  const char* language;
  const char* name;
  const char* gender;
};

constexpr std::array<Volunteer, 8> kVolunteers{{{"be", "kseniya_buraya", "female"},
                                                {"bg", "krasimir_petkov", "male"},
                                                {"ca", "pere_pujal", "male"},
                                                {"da", "joe_dalton", "male"},
                                                {"el", "kiriaki_serafeim", "female"},
                                                {"es", "estefania_ortiz", "female"},
                                                {"ro", "tabbytha", "female"},
                                                {"ru", "edwin_veber", "male"}}};

void tell_speaker(const fs::path& recording, const std::string& language, Clip& clip) {
  if (recording.begin()->string() == "symbols") return;
  if (!recording.stem().string().ends_with("_desc_" + language)) return;
  for (const Volunteer& volunteer : kVolunteers) {
    if (language != volunteer.language) continue;
    clip.speaker = std::string("tuxpaint-") + volunteer.name;
    clip.labels["speaker_gender"] = volunteer.gender;
  }
}

// What NAME_desc_LANG, NAME_desc or NAME_LANG stands for.
struct Spoken {
  std::string thing;
  std::string language;
};

// Only if the thing has a phrase in that language; names have underscores too, as languages do (zh_tw).
std::optional<Spoken> spoken_in(const fs::path& folder, const std::string& name) {
  constexpr std::string_view kSpoken = "_desc_";
  if (const size_t at = name.rfind(kSpoken); at != std::string::npos) {
    return Spoken{name.substr(0, at), name.substr(at + kSpoken.size())};
  }
  if (name.ends_with("_desc")) return Spoken{name.substr(0, name.size() - 5), "en"};
  for (size_t at = name.find('_'); at != std::string::npos; at = name.find('_', at + 1)) {
    const Spoken spoken{name.substr(0, at), name.substr(at + 1)};
    if (phrases_of(folder / (spoken.thing + ".txt")).contains(spoken.language)) return spoken;
  }
  return std::nullopt;
}

void ingest_speech(Ingest& ingest, const fs::path& recording, const Spoken& spoken) {
  Clip clip = clip_of(recording);
  const auto phrases = phrases_of(ingest.root() / recording.parent_path() / (spoken.thing + ".txt"));
  const auto phrase = phrases.find(spoken.language);
  if (phrase == phrases.end()) {
    return ingest.reject(clip.id, "no_text",
                         fmt::format("{}.txt has no phrase in {}", spoken.thing, quoted(spoken.language)));
  }
  clip.language = spoken.language.substr(0, spoken.language.find('_'));  // zh_tw, en_GB
  clip.text = phrase->second;
  if (const auto english = phrases.find("en"); clip.language != "en" && english != phrases.end()) {
    clip.translations = {{"en", english->second}};
  }
  clip.labels = {{"synthetic_speech_detection", "real"}};
  tell_speaker(recording, spoken.language, clip);
  ingest.add(recording, std::move(clip));
}

void ingest_sound(Ingest& ingest, const fs::path& recording) {
  Clip clip = clip_of(recording);
  const auto phrases = phrases_of(ingest.root() / fs::path(recording).replace_extension(".txt"));
  const auto phrase = phrases.find("en");
  if (phrase == phrases.end()) {
    return ingest.reject(clip.id, "no_text",
                         fmt::format("there is no English phrase for {}", recording.stem().string()));
  }
  clip.labels = {{"audio_captioning", phrase->second}};
  ingest.add(recording, std::move(clip));
}

}  // namespace

void ingest_tuxpaint(Ingest& ingest) {
  ingest.needed("");
  for (const fs::path& recording : files_below(ingest.root(), ".ogg")) {
    if (const auto spoken = spoken_in(ingest.root() / recording.parent_path(), recording.stem().string())) {
      ingest_speech(ingest, recording, *spoken);
    } else if (recording.begin()->string() == "symbols") {  // the names of letters, in a language not told
      ingest.reject(clip_of(recording).id, "no_text", "what is said is not written anywhere");
    } else {
      ingest_sound(ingest, recording);
    }
  }
}

}  // namespace auris::data
