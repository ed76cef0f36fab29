// The voices of the game 0 A.D.: audio/voice/PEOPLE/civ/civ_GENDER_NAME.ogg, as they lie in
// mods/public/public.zip of Debian's package 0ad-data. The path is the folder that they were unpacked to.
// What is said, in ancient languages, is not written anywhere.

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::data {

namespace fs = std::filesystem;

void ingest_zero_ad(Ingest& ingest) {
  const fs::path voices = ingest.needed("audio/voice");
  for (const fs::path& recording : files_below(voices, ".ogg")) {
    Clip clip;
    clip.id = "zero_ad/" + fs::path(recording).replace_extension().generic_string();
    const std::vector<std::string> name = text::split_at(text::to_valid_utf8(recording.stem().string()), "_");
    const std::string gender = name.size() > 1 ? gender_in(name[1]) : "";
    if (gender.empty()) {  // a dog
      ingest.reject(clip.id, "unknown_label", "the name tells neither female nor male");
      continue;
    }
    clip.speaker = "zero_ad-" + recording.begin()->string() + "-" + gender;
    clip.labels = {{"speaker_gender", gender}, {"synthetic_speech_detection", "real"}};
    clip.licence = "CC-BY-SA-3.0";
    clip.origin = "0ad-data";
    clip.consent = Consent::kLicence;
    ingest.add(fs::path("audio/voice") / recording, std::move(clip));
  }
}

}  // namespace auris::data
