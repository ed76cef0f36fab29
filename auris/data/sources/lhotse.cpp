// Manifests of Lhotse, JSON lines, plain or gzip: files with "cuts" in their names, or pairs whose names
// differ in "recordings" and "supervisions" only. Each supervision is a clip. Paths are absolute or from the
// root on. The split is a word of the file's name ("librispeech_cuts_dev-clean.jsonl.gz"). Rejected is what
// the manifest makes of recordings and no file holds: mixed, padded or changed ones, those behind commands
// or addresses, and channels of recordings that have several.

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kLongestS = 1e6;

struct Recording {
  fs::path path;
  std::string problem;  // why it is no plain file
};

Recording recording_in(const JsonFields& fields) {
  const json& sources = fields.list("sources");
  if (sources.size() != 1) return {{}, fmt::format("{} sources of sound", sources.size())};
  const JsonFields source(sources[0], fields.where(), ErrorCode::kInput);
  const std::string type = source.text("type");
  if (type != "file") return {{}, fmt::format("the sound is no file but a {}", quoted(type))};
  if (source.list("channels").size() != 1) return {{}, "several channels"};
  if (fields.has("transforms") && !fields.list("transforms").empty()) return {{}, "a changed recording"};
  return {source.text("source"), ""};
}

// `offset_s`: where the times of the supervision begin in the recording.
Found found_in(const JsonFields& supervision, const Recording& recording, double offset_s,
               const std::string& id, const fs::path& file) {
  if (!recording.problem.empty()) return refused("lhotse/" + id, "no_plain_file", recording.problem);
  Found found{.recording = recording.path};
  Clip& clip = found.clip;
  clip.id = "lhotse/" + id;
  clip.start_s = std::max(0.0, offset_s + supervision.number("start", {-kLongestS, kLongestS}));
  clip.duration_s = supervision.number("duration", {0, kLongestS});
  if (clip.duration_s == 0) return refused(clip.id, "no_sound", "the supervision lasts 0 s");
  clip.split = split_among(text::split_at(file.filename().string(), R"([._-]+)"));
  clip.text = trimmed(supervision.optional_text("text").value_or(""));
  clip.language = language_in(supervision.optional_text("language").value_or(""));
  clip.speaker = supervision.optional_text("speaker").value_or("");
  const std::string gender = gender_in(supervision.optional_text("gender").value_or(""));
  if (!gender.empty()) clip.labels["speaker_gender"] = gender;
  clip.origin = "Lhotse manifest " + file.filename().string();
  return found;
}

void ingest_cuts(Ingest& ingest, const fs::path& file) {
  ingest_json_lines(ingest, file, [&](const json& value, const std::string& place) {
    const JsonFields cut(value, place, ErrorCode::kInput);
    const std::string id = cut.text("id"), type = cut.text("type", "MonoCut");
    if (type != "MonoCut") return std::vector<Found>{refused("lhotse/" + id, "no_plain_file", "a " + type)};
    const Recording recording = recording_in(cut.object("recording"));
    const double start_s = cut.number("start", {0, kLongestS});
    std::vector<Found> all;
    for (const json& supervision : cut.list("supervisions")) {
      // Ids of cuts are unique, those of their supervisions need not be.
      const std::string name = all.empty() ? id : fmt::format("{}-{}", id, all.size());
      all.push_back(
          found_in(JsonFields(supervision, place, ErrorCode::kInput), recording, start_s, name, file));
    }
    if (all.empty()) all.push_back(refused("lhotse/" + id, "no_text", "the cut has no supervision"));
    return all;
  });
}

using Recordings = std::unordered_map<std::string, Recording>;

Recordings recordings_of(Ingest& ingest, const fs::path& file) {
  Recordings recordings;
  ingest_json_lines(ingest, file, [&](const json& value, const std::string& place) {
    const JsonFields fields(value, place, ErrorCode::kInput);
    recordings[fields.text("id")] = recording_in(fields);
    return std::vector<Found>();
  });
  return recordings;
}

void ingest_supervisions(Ingest& ingest, const fs::path& file, const Recordings& recordings) {
  ingest_json_lines(ingest, file, [&](const json& value, const std::string& place) {
    const JsonFields fields(value, place, ErrorCode::kInput);
    const auto recording = recordings.find(fields.text("recording_id"));
    if (recording != recordings.end()) {
      return std::vector<Found>{found_in(fields, recording->second, 0, fields.text("id"), file)};
    }
    return std::vector<Found>{refused("lhotse/" + fields.text("id"), "missing_file",
                                      "no recording is called " + quoted(fields.text("recording_id")))};
  });
}

}  // namespace

void ingest_lhotse(Ingest& ingest) {
  std::vector<fs::path> files = files_below(ingest.root(), ".jsonl.gz");
  const std::vector<fs::path> plain = files_below(ingest.root(), ".jsonl");
  files.insert(files.end(), plain.begin(), plain.end());
  bool any = false;
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    if (name.find("cuts") != std::string::npos) {
      any = true;
      ingest_cuts(ingest, file);
    }
    const size_t at = name.find("recordings");
    if (at == std::string::npos) continue;
    any = true;
    const std::string other = std::string(name).replace(at, 10, "supervisions");
    const Recordings recordings = recordings_of(ingest, file);
    if (fs::exists(ingest.root() / file.parent_path() / other)) {
      ingest_supervisions(ingest, file.parent_path() / other, recordings);
    } else {
      ingest.reject(file.generic_string(), "missing_file", "there is no " + quoted(other));
    }
  }
  if (!any) ingest.needed("*cuts*.jsonl.gz");
}

}  // namespace auris::data
