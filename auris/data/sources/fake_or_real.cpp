// Fake-or-Real (Reimao and Tzerpos 2019): {training,validation,testing}/{fake,real}/NAME.wav (or .mp3) in
// for-original, for-norm, for-2sec and for-rerec. The path is one of these folders: the others hold the same
// recordings in other forms.

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"

namespace auris::data {

namespace fs = std::filesystem;

void ingest_fake_or_real(Ingest& ingest) {
  bool any = false;
  for (const char* split : {"training", "validation", "testing"}) {
    if (!fs::is_directory(ingest.root() / split)) continue;
    any = true;
    for (const char* ending : {".wav", ".mp3"}) {
      for (const fs::path& file : files_below(ingest.root() / split, ending)) {
        Clip clip;
        clip.id = "fake_or_real/" + (fs::path(split) / file).generic_string();
        clip.split = split_in(split);
        clip.language = "en";
        const std::string kind = file.parent_path().generic_string();
        clip.labels = {{"synthetic_speech_detection", kind}};
        clip.synthetic = kind == "fake";
        clip.licence = "GPL-3.0";
        clip.origin = "Fake-or-Real " + ingest.root().filename().string();
        clip.consent = clip.synthetic ? Consent::kSynthetic : Consent::kLicence;
        ingest.add(fs::path(split) / file, std::move(clip));
      }
    }
  }
  if (!any) ingest.needed("training");
}

}  // namespace auris::data
