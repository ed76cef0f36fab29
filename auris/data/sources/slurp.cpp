// SLURP (Bastianelli and others 2020): sentences with intents and marked entities in {train,devel,test,
// train_synthetic}.jsonl (in the root or in dataset/slurp), each with its recordings in audio/slurp_real or
// audio/slurp_synth (in the root or in scripts). An intent is "SCENARIO ACTION" with blanks for underscores.
// The speakers are in metadata.json, which is read if it is there.

#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Speaker {
  std::string id, gender;
};
using Speakers = std::unordered_map<std::string, Speaker>;  // by recording

// The first of the places that is there; the first one if none is.
fs::path place_of(const Ingest& ingest, std::initializer_list<const char*> places) {
  for (const char* place : places) {
    if (fs::exists(ingest.root() / place)) return place;
  }
  return *places.begin();
}

// {"SLURP_ID": {"recordings": {"audio-1.flac": {"usrid": "FE-235", "gender": ...}}}}
Speakers speakers_of(Ingest& ingest, const fs::path& folder) {
  Speakers speakers;
  const fs::path file = folder / "metadata.json";
  if (!fs::exists(ingest.root() / file)) return speakers;
  ingest_json_values(ingest, file, 1, [&](const nlohmann::json& value, const std::string& name) {
    const JsonFields fields(value, "metadata.json, " + name, ErrorCode::kInput);
    if (!fields.has("recordings")) return std::vector<Found>();
    const JsonFields recordings = fields.object("recordings");
    for (const auto& [recording, facts] : recordings.json().items()) {
      const JsonFields known = recordings.object(recording);
      const std::string id = known.optional_text("usrid").value_or("");
      // "FE-488": a woman, native; "UNK-323": not known.
      speakers[recording] = {id, id.starts_with("F") ? "female" : id.starts_with("M") ? "male" : ""};
    }
    return std::vector<Found>();
  });
  return speakers;
}

std::vector<Found> found_in(const JsonFields& fields, const fs::path& audio, const std::string& split,
                            const Speakers& speakers) {
  Clip clip;
  clip.split = split;
  clip.language = "en";
  clip.text = fields.text("sentence");
  const std::string intent = fields.text("scenario") + " " + fields.text("action");
  clip.labels = {{"intent_prediction", text::substitute(intent, "_", " ")},
                 {"entity_extraction", fields.text("sentence_annotation")}};
  clip.synthetic = audio.filename() == "slurp_synth";
  clip.labels["synthetic_speech_detection"] = clip.synthetic ? "fake" : "real";
  clip.licence = "CC-BY-NC-4.0";
  clip.origin = "SLURP";
  clip.consent = clip.synthetic ? Consent::kSynthetic : Consent::kLicence;
  std::vector<Found> all;
  for (const nlohmann::json& recording : fields.list("recordings")) {
    const std::string file = JsonFields(recording, fields.where(), ErrorCode::kInput).text("file");
    all.push_back({.recording = audio / file, .clip = clip});
    all.back().clip.id = "slurp/" + file;
    if (const auto speaker = speakers.find(file); speaker != speakers.end()) {
      all.back().clip.speaker = speaker->second.id.empty() ? "" : "slurp-" + speaker->second.id;
      if (!speaker->second.gender.empty()) all.back().clip.labels["speaker_gender"] = speaker->second.gender;
    }
  }
  return all;
}

}  // namespace

void ingest_slurp(Ingest& ingest) {
  const fs::path folder = fs::exists(ingest.root() / "dataset/slurp") ? "dataset/slurp" : "";
  const fs::path real = place_of(ingest, {"audio/slurp_real", "scripts/audio/slurp_real", "slurp_real"});
  const fs::path synthetic =
      place_of(ingest, {"audio/slurp_synth", "scripts/audio/slurp_synth", "slurp_synth"});
  const Speakers speakers = speakers_of(ingest, folder);
  bool any = false;
  for (const char* name : {"train", "devel", "test", "train_synthetic"}) {
    const fs::path file = folder / (std::string(name) + ".jsonl");
    if (!fs::exists(ingest.root() / file)) continue;
    any = true;
    const bool spoken = std::string_view(name) != "train_synthetic";
    const std::string split = spoken ? split_in(name) : "train";
    ingest_json_lines(ingest, file, [&](const nlohmann::json& value, const std::string& place) {
      return found_in(JsonFields(value, place, ErrorCode::kInput), spoken ? real : synthetic, split,
                      speakers);
    });
  }
  if (!any) ingest.needed("train.jsonl");
}

}  // namespace auris::data
