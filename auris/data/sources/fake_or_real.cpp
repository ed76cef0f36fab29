// Fake-or-Real (Reimao and Tzerpos 2019): {training,validation,testing}/{fake,real}/NAME.wav (or .mp3) in
// for-original, for-norm, for-2sec and for-rerec. The path is one of these folders: the others hold the same
// recordings in other forms. The published archives hold a folder of their own: for-norm/for-norm,
// for-2sec/for-2seconds, for-rerec/for-rerecorded. Checked against detectors that read it: their paths, and
// names such as file100.wav_16k.wav_norm.wav_mono.wav_silence.wav.

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"

namespace auris::data {

namespace fs = std::filesystem;

namespace {

// Where the splits lie; several such folders leave it open which one is meant.
fs::path folder_of(const Ingest& ingest) {
  std::vector<fs::path> inner;
  std::error_code no_folder;  // nothing is in it then
  for (const fs::directory_entry& entry : fs::directory_iterator(ingest.root(), no_folder)) {
    if (entry.path().filename().string().starts_with("for-")) inner.push_back(entry.path().filename());
  }
  return inner.size() == 1 ? inner.front() : fs::path();
}

}  // namespace

void ingest_fake_or_real(Ingest& ingest) {
  const fs::path folder = folder_of(ingest);
  const std::string name = (folder.empty() ? ingest.root() : folder).filename().string();
  bool any = false;
  for (const char* split : {"training", "validation", "testing"}) {
    if (!fs::is_directory(ingest.root() / folder / split)) continue;
    any = true;
    for (const char* ending : {".wav", ".mp3"}) {
      for (const fs::path& file : files_below(ingest.root() / folder / split, ending)) {
        Clip clip;
        clip.id = "fake_or_real/" + (fs::path(split) / file).generic_string();
        clip.split = split_in(split);
        clip.language = "en";
        const std::string kind = file.parent_path().generic_string();
        clip.labels = {{"synthetic_speech_detection", kind}};
        clip.synthetic = kind == "fake";
        clip.licence = "GPL-3.0";
        clip.origin = "Fake-or-Real " + name;
        clip.consent = clip.synthetic ? Consent::kSynthetic : Consent::kLicence;
        ingest.add(folder / split / file, std::move(clip));
      }
    }
  }
  if (!any) ingest.needed(folder / "training");
}

}  // namespace auris::data
