// CREMA-D (Cao and others 2014): AudioWAV/ACTOR_SENTENCE_EMOTION_LEVEL.wav, with the actors' sex in
// VideoDemographics.csv. Twelve sentences, six emotions that the actors were asked for, three levels or none.
// One file, 1040_ITH_SAD_X.wav, has its level in one letter.

#include <map>

#include <fmt/format.h>

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

using Names = std::map<std::string, std::string>;

const Names kSentences{{"IEO", "It's eleven o'clock."},
                       {"TIE", "That is exactly what happened."},
                       {"IOM", "I'm on my way to the meeting."},
                       {"IWW", "I wonder what this is about."},
                       {"TAI", "The airplane is almost full."},
                       {"MTI", "Maybe tomorrow it will be cold."},
                       {"IWL", "I would like a new alarm clock."},
                       {"ITH", "I think I have a doctor's appointment."},
                       {"DFA", "Don't forget a jacket."},
                       {"ITS", "I think I've seen this before."},
                       {"TSI", "The surface is slick."},
                       {"WSI", "We'll stop in a couple of minutes."}};
const Names kEmotions{{"ANG", "anger"},     {"DIS", "disgust"}, {"FEA", "fear"},
                      {"HAP", "happiness"}, {"NEU", "neutral"}, {"SAD", "sadness"}};
const Names kLevels{
    {"LO", "low"}, {"MD", "medium"}, {"HI", "high"}, {"XX", "unspecified"}, {"X", "unspecified"}};

// Or the code itself, which is then no label.
std::string named(const Names& names, const std::string& code) {
  const auto found = names.find(code);
  return found != names.end() ? found->second : code;
}

Names sexes_of(Ingest& ingest) {
  Names sexes;
  if (!fs::exists(ingest.root() / "VideoDemographics.csv")) return sexes;
  ingest_table(ingest, "VideoDemographics.csv", {.needed = {"ActorID", "Sex"}}, [&](const TableReader& row) {
    if (const std::string sex = gender_in(row.cell("Sex")); !sex.empty()) sexes[row.text("ActorID")] = sex;
  });
  return sexes;
}

}  // namespace

void ingest_crema_d(Ingest& ingest) {
  const Names sexes = sexes_of(ingest);
  for (const fs::path& file : files_below(ingest.needed("AudioWAV"), ".wav")) {
    const std::string name = file.stem().string();
    const std::vector<std::string> fields = text::split_at(name, "_");
    Clip clip;
    clip.id = "crema_d/" + name;
    if (fields.size() != 4 || !kSentences.contains(fields[1])) {
      ingest.reject(clip.id, "broken_name", "the name is no ACTOR_SENTENCE_EMOTION_LEVEL");
      continue;
    }
    clip.language = "en";
    clip.text = kSentences.at(fields[1]);
    clip.speaker = "crema_d-" + fields[0];
    clip.labels = {{"emotion_recognition", named(kEmotions, fields[2])},
                   {"emotion_intensity", named(kLevels, fields[3])},
                   {"synthetic_speech_detection", "real"}};
    if (const auto sex = sexes.find(fields[0]); sex != sexes.end())
      clip.labels["speaker_gender"] = sex->second;
    clip.licence = "ODbL-1.0";
    clip.origin = "CREMA-D";
    clip.consent = Consent::kLicence;
    ingest.add(fs::path("AudioWAV") / file, std::move(clip));
  }
}

}  // namespace auris::data
