// LJSpeech 1.1 (Ito 2017): wavs/NAME.wav and lines "NAME|text|text with numbers as words" in metadata.csv,
// without quotes. One woman reads seven books.

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"

namespace auris::data {

void ingest_ljspeech(Ingest& ingest) {
  ingest.needed("metadata.csv");
  const TableOptions options{.separator = '|', .quoted = false, .columns = {"name", "text", "words"}};
  ingest_table(ingest, "metadata.csv", options, [&](const TableReader& row) {
    Clip clip;
    clip.id = "ljspeech/" + row.text("name");
    clip.text = trimmed(row.cell("words").empty() ? row.cell("text") : row.cell("words"));
    if (clip.text.empty()) return ingest.reject(clip.id, "no_text", "the line has no text");
    clip.language = "en";
    clip.speaker = "ljspeech";
    clip.labels = {{"speaker_gender", "female"}, {"synthetic_speech_detection", "real"}};
    clip.licence = "CC0-1.0";  // stated as public domain
    clip.origin = "LJSpeech-1.1";
    clip.consent = Consent::kLicence;
    ingest.add(std::filesystem::path("wavs") / (row.text("name") + ".wav"), std::move(clip));
  });
}

}  // namespace auris::data
