// AccentDB (Ahamad and others 2020), core and extended: data/ACCENT/SPEAKER/NAME.wav; the texts are not part
// of it. The path is accentdb_extended, accentdb_core or their folder data. Checked against TFDS' accentdb:
// its folders, its nine classes and the name welsh_s01_001.wav.

#include "auris/data/sources/layouts.h"

namespace auris::data {

namespace fs = std::filesystem;

void ingest_accentdb(Ingest& ingest) {
  const fs::path folder = fs::is_directory(ingest.root() / "data") ? "data" : "";
  const std::vector<fs::path> files = files_below(ingest.root() / folder, ".wav");
  if (files.empty()) ingest.needed("data/ACCENT/SPEAKER/*.wav");
  for (const fs::path& file : files) {
    Clip clip;
    clip.id = "accentdb/" + fs::path(file).replace_extension().generic_string();
    const fs::path speaker = file.parent_path(), accent = speaker.parent_path();
    if (accent.empty() || accent.has_parent_path()) {
      ingest.reject(clip.id, "broken_name", "the path is no ACCENT/SPEAKER/NAME.wav");
      continue;
    }
    clip.language = "en";
    clip.speaker = "accentdb-" + speaker.generic_string();
    clip.labels = {{"accent", accent.string()}, {"synthetic_speech_detection", "real"}};
    clip.licence = "CC-BY-NC-4.0";
    clip.origin = "AccentDB";
    clip.consent = Consent::kLicence;
    ingest.add(folder / file, std::move(clip));
  }
}

}  // namespace auris::data
