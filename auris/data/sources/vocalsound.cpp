// VocalSound (Gong and others 2022): audio_16k or audio_44k with SPEAKER_COLLECTION_SOUND.wav, where the
// speaker's first letter is f or m, and the speakers in meta/{tr,val,te}_meta: JSON with one row a speaker,
// [speaker, gender, age, country, native language, health], or the same row in CSV. Their splits are the
// official ones, as are those of datafiles/{tr,val,te}.json, {"data": [{"wav": ".../NAME.wav", ...}, ...]}.
// Checked against README.md and src/prep_data.py of the data set's repository; what a row of meta looks like
// in JSON they do not show.

#include <map>

#include <fmt/format.h>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Speaker {
  std::string split, gender, age;
};
using Speakers = std::map<std::string, Speaker>;

std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void read_speakers(Ingest& ingest, const std::string& split, Speakers& speakers) {
  const auto add = [&](const std::string& id, const std::string& gender, const std::string& age) {
    speakers[id] = {split_in(split), gender_in(gender), age};
  };
  const fs::path json = "meta/" + split + "_meta.json", csv = "meta/" + split + "_meta.csv";
  if (fs::exists(ingest.root() / json)) {
    ingest_json_values(ingest, json, 1, [&](const nlohmann::json& value, const std::string& name) {
      // By position, or by name where the row is an object.
      if (value.is_array() && value.size() >= 3) {
        add(text_of(value[0]), text_of(value[1]), text_of(value[2]));
      } else {
        const JsonFields row(value, name.empty() ? "row" : name, ErrorCode::kInput);
        add(row.text("spk_id", name), row.text("gender"), text_of(row.value("age")));
      }
      return std::vector<Found>();
    });
  } else if (fs::exists(ingest.root() / csv)) {
    const TableOptions options{
        .columns = {"spk_id", "gender", "age", "country", "native_language", "health"}};
    ingest_table(ingest, csv, options, [&](const TableReader& row) {
      if (row.cell("spk_id") != "spk_id") add(row.text("spk_id"), row.text("gender"), row.text("age"));
    });
  }
}

// Splits by NAME.
using Splits = std::map<std::string, std::string>;

void read_split(Ingest& ingest, const std::string& split, Splits& splits) {
  const fs::path file = "datafiles/" + split + ".json";
  if (!fs::exists(ingest.root() / file)) return;
  ingest_json_values(ingest, file, 2, [&](const nlohmann::json& value, const std::string& name) {
    if (name == "data") {
      const JsonFields row(value, "recording", ErrorCode::kInput);
      splits[fs::path(row.text("wav")).stem().string()] = split_in(split);
    }
    return std::vector<Found>();
  });
}

}  // namespace

void ingest_vocalsound(Ingest& ingest) {
  Speakers speakers;
  Splits splits;
  for (const char* split : {"tr", "val", "te"}) {
    read_speakers(ingest, split, speakers);
    read_split(ingest, split, splits);
  }
  const fs::path folder = fs::is_directory(ingest.root() / "audio_16k") ? "audio_16k" : "audio_44k";
  for (const fs::path& file : files_below(ingest.needed(folder), ".wav")) {
    const std::string name = file.stem().string();
    const std::vector<std::string> fields = text::split_at(name, "_");
    Clip clip;
    clip.id = "vocalsound/" + name;
    if (fields.size() != 3 || fields[0].empty()) {
      ingest.reject(clip.id, "broken_name", "the name is no SPEAKER_COLLECTION_SOUND");
      continue;
    }
    clip.speaker = "vocalsound-" + fields[0];
    clip.labels["vocal_sound"] = fields[2];
    std::string gender = gender_in(fields[0].substr(0, 1));
    if (const auto known = splits.find(name); known != splits.end()) clip.split = known->second;
    if (const auto known = speakers.find(fields[0]); known != speakers.end()) {
      clip.split = known->second.split;
      clip.labels["age"] = known->second.age;
      if (!known->second.gender.empty()) gender = known->second.gender;
    }
    if (!gender.empty()) clip.labels["speaker_gender"] = gender;
    clip.licence = "CC-BY-SA-4.0";
    clip.origin = "VocalSound";
    clip.consent = Consent::kLicence;
    ingest.add(folder / file, std::move(clip));
  }
}

}  // namespace auris::data
