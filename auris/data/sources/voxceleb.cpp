// VoxCeleb 1 and 2 (Nagrani and others 2017, 2018): .../SPEAKER/VIDEO/NUMBER.wav (or .m4a), SPEAKER such as
// id10270, below any folders (wav, dev/aac, ...), and the speakers in vox1_meta.csv (tabs) or vox2_meta.csv
// (commas), in the root or in meta/. The sets "dev" and "test" are for training and test: no speaker is in
// both. The trials of speaker verification, "1 SPEAKER/VIDEO/NUMBER.wav SPEAKER/VIDEO/NUMBER.wav" with 1 for
// one speaker and 0 for two, in veri_test.txt, list_test_hard.txt, list_test_all.txt and their corrected
// forms with a 2, are clips of two recordings.

#include <array>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Speaker {
  std::string gender, split;
};
using Speakers = std::map<std::string, Speaker>;

struct Meta {
  const char* file;
  char separator;
  const char* id;
};
constexpr std::array<Meta, 2> kMetas{
    {{"vox1_meta.csv", '\t', "VoxCeleb1 ID"}, {"vox2_meta.csv", ',', "VoxCeleb2 ID"}}};

Speakers speakers_of(Ingest& ingest) {
  Speakers speakers;
  bool any = false;
  for (const Meta& meta : kMetas) {
    for (const fs::path& file : {fs::path(meta.file), fs::path("meta") / meta.file}) {
      if (!fs::exists(ingest.root() / file)) continue;
      any = true;
      const TableOptions options{.separator = meta.separator,
                                 .quoted = false,
                                 .trimmed = true,
                                 .needed = {meta.id, "Gender", "Set"}};
      ingest_table(ingest, file, options, [&](const TableReader& row) {
        const std::string set = row.text("Set");
        speakers[row.text(meta.id)] = {gender_in(row.cell("Gender")), set == "dev" ? "train" : split_in(set)};
      });
    }
  }
  if (!any) ingest.needed("vox1_meta.csv");
  return speakers;
}

// Recordings by SPEAKER/VIDEO/NUMBER.
using Recordings = std::map<std::string, fs::path>;

constexpr std::array<const char*, 6> kTrials{"veri_test.txt",      "veri_test2.txt",
                                             "list_test_hard.txt", "list_test_hard2.txt",
                                             "list_test_all.txt",  "list_test_all2.txt"};

void add_trial(Ingest& ingest, const std::string& id, const std::string& line, const Recordings& recordings) {
  std::istringstream words(line);
  std::string target, first, second, rest;
  words >> target >> first >> second;
  if ((target != "0" && target != "1") || second.empty() || words >> rest) {
    return ingest.reject(id, "broken_line", "the line is no \"1 FILE FILE\"");
  }
  const auto found = [&](const std::string& name) {
    return recordings.find(fs::path(name).replace_extension().generic_string());
  };
  for (const std::string& name : {first, second}) {
    if (found(name) == recordings.end())
      return ingest.reject(id, "missing_file", "there is no " + quoted(name));
  }
  const auto speaker_of = [](const std::string& name) {
    return "voxceleb-" + fs::path(name).begin()->string();
  };
  Clip clip;
  clip.id = id;
  clip.split = "test";
  clip.speaker = speaker_of(first);
  clip.second = {.audio = found(second)->second.generic_string(),
                 .duration_s = 0,
                 .sha256 = {},
                 .speaker = speaker_of(second)};
  clip.labels = {{"speaker_verification", target == "1" ? "same" : "different"}};
  clip.licence = "CC-BY-4.0";
  clip.origin = "VoxCeleb";
  ingest.add(found(first)->second, std::move(clip));
}

void ingest_trials(Ingest& ingest, const Recordings& recordings) {
  for (const char* name : kTrials) {
    for (const fs::path& file : {fs::path(name), fs::path("meta") / name}) {
      if (!fs::exists(ingest.root() / file)) continue;
      int64_t number = 0;
      for (const std::string& line : lines_of(ingest.root() / file)) {
        ++number;
        if (trimmed(line).empty()) continue;
        add_trial(ingest, fmt::format("voxceleb/{}/{}", file.stem().string(), number), line, recordings);
      }
    }
  }
}

}  // namespace

void ingest_voxceleb(Ingest& ingest) {
  const Speakers speakers = speakers_of(ingest);
  std::vector<fs::path> files = files_below(ingest.root(), ".wav");
  const std::vector<fs::path> aac = files_below(ingest.root(), ".m4a");
  files.insert(files.end(), aac.begin(), aac.end());
  Recordings recordings;
  for (const fs::path& file : files) {
    const fs::path video = file.parent_path();
    const std::string speaker = video.parent_path().filename().string();
    Clip clip;
    const std::string name = (fs::path(speaker) / video.filename() / file.stem()).generic_string();
    clip.id = "voxceleb/" + name;
    recordings.emplace(name, file);
    const auto known = speakers.find(speaker);
    if (known == speakers.end()) {
      ingest.reject(clip.id, "broken_name", "the tables have no speaker " + speaker);
      continue;
    }
    clip.split = known->second.split;
    clip.speaker = "voxceleb-" + speaker;
    clip.labels = {{"synthetic_speech_detection", "real"}};
    if (!known->second.gender.empty()) clip.labels["speaker_gender"] = known->second.gender;
    clip.licence = "CC-BY-4.0";
    clip.origin = "VoxCeleb";
    ingest.add(file, std::move(clip));
  }
  ingest_trials(ingest, recordings);
}

}  // namespace auris::data
