// VoxCeleb 1 and 2 (Nagrani and others 2017, 2018): .../SPEAKER/VIDEO/NUMBER.wav (or .m4a), SPEAKER such as
// id10270, below any folders (wav, dev/aac, ...), and the speakers in vox1_meta.csv (tabs) or vox2_meta.csv
// (commas), in the root or in meta/. The sets "dev" and "test" are for training and test: no speaker is in
// both.

#include <array>
#include <map>

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

}  // namespace

void ingest_voxceleb(Ingest& ingest) {
  const Speakers speakers = speakers_of(ingest);
  std::vector<fs::path> files = files_below(ingest.root(), ".wav");
  const std::vector<fs::path> aac = files_below(ingest.root(), ".m4a");
  files.insert(files.end(), aac.begin(), aac.end());
  for (const fs::path& file : files) {
    const fs::path video = file.parent_path();
    const std::string speaker = video.parent_path().filename().string();
    Clip clip;
    clip.id = "voxceleb/" + (fs::path(speaker) / video.filename() / file.stem()).generic_string();
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
}

}  // namespace auris::data
