// LibriSpeech (Panayotov and others 2015), as its archives unpack:
// SPLIT/SPEAKER/CHAPTER/SPEAKER-CHAPTER-NUMBER.flac with the texts in SPEAKER-CHAPTER.trans.txt, and the
// speakers in SPEAKERS.TXT: "id | sex | subset | minutes | name".

#include <map>

#include "auris/data/sources/layouts.h"

namespace auris::data {
namespace {

// Sex by speaker; without the file nobody's is known.
std::map<std::string, std::string> speakers_of(const std::filesystem::path& root) {
  std::map<std::string, std::string> sexes;
  const std::filesystem::path file = root / "SPEAKERS.TXT";
  if (!std::filesystem::exists(file)) return sexes;
  for (const std::string& line : lines_of(file)) {
    const size_t bar = line.find('|');
    if (line.starts_with(';') || bar == std::string::npos) continue;
    const std::string sex =
        trimmed(std::string_view(line).substr(bar + 1, line.find('|', bar + 1) - bar - 1));
    if (sex == "F" || sex == "M") sexes[trimmed(line.substr(0, bar))] = sex == "F" ? "female" : "male";
  }
  return sexes;
}

std::string split_of(const std::string& folder) {
  return folder.substr(0, folder.find('-'));  // train-clean-100, dev-other, test-clean
}

}  // namespace

void ingest_librispeech(Ingest& ingest) {
  const std::map<std::string, std::string> sexes = speakers_of(ingest.root());
  for (const std::filesystem::path& texts : files_below(ingest.root(), ".trans.txt")) {
    const std::string split = split_of(texts.begin()->string());
    for (const std::string& line : lines_of(ingest.root() / texts)) {
      const size_t blank = line.find(' ');
      const std::string name = line.substr(0, blank);
      if (blank == std::string::npos || name.find('-') == std::string::npos) {
        if (!trimmed(line).empty())
          ingest.reject(texts.generic_string() + ": " + line, "no_text", "no \"name text\"");
        continue;
      }
      Clip clip;
      clip.id = "librispeech/" + name;
      clip.split = split;
      clip.language = "en";
      clip.text = trimmed(line.substr(blank));
      clip.speaker = "librispeech-" + name.substr(0, name.find('-'));
      clip.labels = {{"synthetic_speech_detection", "real"}};
      if (const auto sex = sexes.find(name.substr(0, name.find('-'))); sex != sexes.end()) {
        clip.labels["speaker_gender"] = sex->second;
      }
      clip.licence = "CC-BY-4.0";
      clip.origin = "LibriSpeech " + texts.begin()->string();
      clip.consent = Consent::kLicence;
      ingest.add(texts.parent_path() / (name + ".flac"), std::move(clip));
    }
  }
  if (ingest.counts().lines == 0) ingest.needed("*.trans.txt");
}

}  // namespace auris::data
