// The VCTK corpus (Yamagishi and others): wav48_silence_trimmed/SPEAKER/SPEAKER_NUMBER_mic{1,2}.flac of
// version 0.92, or wav48/SPEAKER/SPEAKER_NUMBER.wav of 0.80; texts in txt/SPEAKER/SPEAKER_NUMBER.txt; and
// speaker-info.txt: "ID AGE GENDER ACCENTS REGION COMMENTS", blanks between, IDs with or without their "p".
// Each microphone's recording is a clip.

#include <charconv>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

// By the groups of the task "age"; "15-19" is the youngest.
std::string age_group(const std::string& text) {
  int age = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), age);
  if (error != std::errc() || end != text.data() + text.size() || age < 15) return text;  // no label
  return age >= 30 ? "30+" : age >= 25 ? "25-29" : age >= 20 ? "20-24" : "15-19";
}

using Labels = std::map<std::string, std::string>;

std::map<std::string, Labels> speakers_of(Ingest& ingest) {
  std::map<std::string, Labels> speakers;
  int64_t number = 0;
  for (const std::string& line : lines_of(ingest.needed("speaker-info.txt"))) {
    std::istringstream words(line);
    std::string id, age, gender, accent;
    words >> id >> age >> gender >> accent;
    if (++number == 1 || id.empty()) continue;  // names of the columns
    if (accent.empty()) {
      ingest.reject(fmt::format("speaker-info.txt, line {}", number), "broken_line",
                    "fewer than four columns");
      continue;
    }
    if (id.front() >= '0' && id.front() <= '9') id.insert(0, "p");
    const std::string known = gender_in(gender);
    speakers[id] = {{"age", age_group(age)},
                    {"speaker_gender", known.empty() ? gender : known},
                    {"accent", accent},
                    {"synthetic_speech_detection", "real"}};
  }
  return speakers;
}

// Empty if there is none.
std::string text_of(const fs::path& file) {
  try {
    const std::vector<std::string> lines = lines_of(file);
    return lines.empty() ? "" : trimmed(lines.front());
  } catch (const Error&) {
    return "";
  }
}

}  // namespace

void ingest_vctk(Ingest& ingest) {
  const std::map<std::string, Labels> speakers = speakers_of(ingest);
  const bool trimmed_ones = fs::exists(ingest.root() / "wav48_silence_trimmed");
  const fs::path folder = trimmed_ones ? "wav48_silence_trimmed" : "wav48";
  for (const fs::path& file : files_below(ingest.needed(folder), trimmed_ones ? ".flac" : ".wav")) {
    const std::string name = file.stem().string(), speaker = file.begin()->string();
    Clip clip;
    clip.id = "vctk/" + name;
    const std::string sentence = name.substr(0, name.find("_mic"));
    clip.text = text_of(ingest.root() / "txt" / speaker / (sentence + ".txt"));
    if (clip.text.empty()) {
      ingest.reject(clip.id, "no_text", fmt::format("there is no txt/{}/{}.txt", speaker, sentence));
      continue;
    }
    clip.language = "en";
    clip.speaker = "vctk-" + speaker;
    if (const auto known = speakers.find(speaker); known != speakers.end()) clip.labels = known->second;
    clip.licence = "CC-BY-4.0";
    clip.origin = trimmed_ones ? "VCTK 0.92" : "VCTK 0.80";
    clip.consent = Consent::kLicence;
    ingest.add(folder / file, std::move(clip));
  }
}

}  // namespace auris::data
