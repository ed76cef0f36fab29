// Speech Commands (Warden 2018), both versions: WORD/SPEAKER_nohash_NUMBER.wav, with the files of the
// official splits in validation_list.txt and testing_list.txt; all others are for training.
// _background_noise_ holds no words.

#include <unordered_map>

#include "auris/data/sources/layouts.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

using Splits = std::unordered_map<std::string, std::string>;

// Also rejects what a list names and nobody has.
void read_list(Ingest& ingest, const char* file, const char* split, Splits& splits) {
  for (const std::string& line : lines_of(ingest.needed(file))) {
    const std::string name = trimmed(line);
    if (name.empty()) continue;
    if (fs::is_regular_file(ingest.root() / name)) {
      splits[name] = split;
    } else {
      ingest.reject("speech_commands/" + name, "missing_file", std::string(file) + " names it");
    }
  }
}

}  // namespace

void ingest_speech_commands(Ingest& ingest) {
  Splits splits;
  read_list(ingest, "validation_list.txt", "dev", splits);
  read_list(ingest, "testing_list.txt", "test", splits);
  for (const fs::path& file : files_below(ingest.root(), ".wav")) {
    const std::string word = file.parent_path().generic_string(), name = file.stem().string();
    Clip clip;
    clip.id = "speech_commands/" + file.generic_string();
    if (word == "_background_noise_") {
      ingest.reject(clip.id, "no_speech", "background noise");
      continue;
    }
    const auto split = splits.find(file.generic_string());
    clip.split = split != splits.end() ? split->second : "train";
    clip.language = "en";
    clip.text = word;
    clip.speaker = "speech_commands-" + name.substr(0, name.find('_'));
    clip.labels = {{"speech_command_recognition", word}, {"synthetic_speech_detection", "real"}};
    clip.licence = "CC-BY-4.0";
    clip.origin = "Speech Commands";
    clip.consent = Consent::kLicence;
    ingest.add(file, std::move(clip));
  }
}

}  // namespace auris::data
