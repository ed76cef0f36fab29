// NSynth (Engel and others 2017): nsynth-{train,valid,test}/examples.json, an object of notes by name, and
// nsynth-*/audio/NAME.wav. The path may be one of these folders or the one above. Checked against the data
// set's page (its features and values) and TFDS' nsynth (its classes).

#include <array>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

void ingest_split(Ingest& ingest, const fs::path& folder, const std::string& split) {
  ingest_json_values(
      ingest, folder / "examples.json", 1, [&](const nlohmann::json& value, const std::string& name) {
        const JsonFields note(value, name, ErrorCode::kInput);
        Found found{.recording = folder / "audio" / (name + ".wav")};
        Clip& clip = found.clip;
        clip.id = "nsynth/" + name;
        clip.split = split;
        clip.labels = {{"pitch_prediction", std::to_string(note.integer("pitch", {0, 127}))},
                       {"velocity", std::to_string(note.integer("velocity", {0, 127}))},
                       {"instrument", text::substitute(note.text("instrument_family_str"), "_", " ")},
                       {"instrument_source", note.text("instrument_source_str")}};
        clip.licence = "CC-BY-4.0";
        clip.origin = "NSynth " + split;
        clip.consent = Consent::kLicence;
        return std::vector<Found>{std::move(found)};
      });
}

std::string split_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return split_in(name.substr(name.find('-') + 1));
}

}  // namespace

void ingest_nsynth(Ingest& ingest) {
  if (fs::exists(ingest.root() / "examples.json")) return ingest_split(ingest, "", split_of(ingest.root()));
  bool any = false;
  for (const char* folder : {"nsynth-train", "nsynth-valid", "nsynth-test"}) {
    if (!fs::is_directory(ingest.root() / folder)) continue;
    any = true;
    ingest_split(ingest, folder, split_of(folder));
  }
  if (!any) ingest.needed("examples.json");
}

}  // namespace auris::data
