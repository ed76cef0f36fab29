// The prompts of the Asterisk telephone system as Debian's packages asterisk-core-sounds-LANG[-g722] install
// them below /usr/share: raw G.722 in asterisk/sounds/VOICE, "name: text" in
// doc/PACKAGE/core-sounds-LANG.txt.gz. Voices are named LANGUAGE_COUNTRY_GENDER_SPEAKER. Brackets in a text
// mark sounds, semicolons begin comments.

#include <array>

#include "auris/data/sources/layouts.h"

namespace auris::data {
namespace {

struct Voice {
  const char* language;
  const char* folder;
  const char* gender;
  const char* speaker;
};

constexpr std::array<Voice, 5> kVoices{{{"en", "en_US_f_Allison", "female", "allison"},
                                        {"es", "es_MX_f_Allison", "female", "allison"},
                                        {"fr", "fr_CA_f_June", "female", "june"},
                                        {"it", "it_IT_m_Carlo", "male", "carlo"},
                                        {"ru", "ru_RU_f_IvrvoiceRU", "female", "ivrvoice"}}};

bool is_sound(const std::string& name, const std::string& text) {
  constexpr std::array<std::string_view, 4> kSignals{"beep", "beeperr", "confbridge-join",
                                                     "confbridge-leave"};
  for (std::string_view signal : kSignals) {
    if (name == signal) return true;
  }
  return name.starts_with("silence/") || text.find_first_of("[<") != std::string::npos;
}

void ingest_voice(Ingest& ingest, const Voice& voice, const std::filesystem::path& texts) {
  const std::string package = std::string("asterisk-core-sounds-") + voice.language;
  for (const std::string& line : lines_of(texts)) {
    const size_t colon = line.find(':');
    if (line.starts_with(';') || trimmed(line).empty()) continue;
    if (colon == std::string::npos) {
      ingest.reject(package + ": " + line, "no_text", "the line is no \"name: text\"");
      continue;
    }
    const std::string name = line.substr(0, colon), text = trimmed(line.substr(colon + 1));
    Clip clip;
    clip.id = std::string("asterisk/") + voice.language + "/" + name;
    if (text.empty() || is_sound(name, text)) {
      ingest.reject(clip.id, "no_speech", "the text marks a sound, not words");
      continue;
    }
    clip.language = voice.language;
    clip.text = text;
    clip.speaker = voice.speaker;
    clip.labels = {{"speaker_gender", voice.gender}, {"synthetic_speech_detection", "real"}};
    clip.licence = "CC-BY-SA-3.0";
    clip.origin = package;
    clip.consent = Consent::kLicence;
    ingest.add(std::filesystem::path("asterisk/sounds") / voice.folder / (name + ".g722"), std::move(clip));
  }
}

}  // namespace

void ingest_asterisk(Ingest& ingest) {
  ingest.needed("asterisk/sounds");
  for (const Voice& voice : kVoices) {
    const std::string language = voice.language;
    const auto texts = ingest.root() / "doc" / ("asterisk-core-sounds-" + language) /
                       ("core-sounds-" + language + ".txt.gz");
    if (std::filesystem::exists(texts)) ingest_voice(ingest, voice, texts);
  }
}

}  // namespace auris::data
