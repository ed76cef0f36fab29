// The LibriVox sentences of pocketsphinx' test data: NAME.wav, and lines "<s> words </s> (NAME)" in the file
// transcription. One speaker reads Jane Austen's Sense and Sensibility.

#include "auris/data/sources/layouts.h"

namespace auris::data {

void ingest_pocketsphinx(Ingest& ingest) {
  for (const std::string& line : lines_of(ingest.needed("transcription"))) {
    if (trimmed(line).empty()) continue;
    const size_t open = line.rfind('('), close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) {
      ingest.reject(line, "no_text", "the line is no \"text (name)\"");
      continue;
    }
    const std::string name = trimmed(std::string_view(line).substr(open + 1, close - open - 1));
    std::string text = line.substr(0, open);
    for (const std::string mark : {"<s>", "</s>"}) {
      if (const size_t at = text.find(mark); at != std::string::npos) text.erase(at, mark.size());
    }
    Clip clip;
    clip.id = "pocketsphinx/" + name;
    clip.language = "en";
    clip.text = trimmed(text);
    clip.speaker = "librivox-austen";
    clip.labels = {{"speaker_gender", "female"}, {"synthetic_speech_detection", "real"}};
    clip.licence = "CC0-1.0";
    clip.origin = "pocketsphinx-testdata";
    clip.consent = Consent::kLicence;
    ingest.add(name + ".wav", std::move(clip));
  }
}

}  // namespace auris::data
