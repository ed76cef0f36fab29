// CoVoST 2 (Wang and others 2020) and translations in its form, beside the recordings of Common Voice:
// covost_v2.SOURCE_TARGET.SPLIT.tsv with the columns path, sentence, translation and client_id, as
// get_covost_splits.py writes them, and clips/ in the same folder, in the root or in SOURCE/. Cells are not
// quoted.

#include <optional>

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Pair {
  std::string source, target, split;
};

// "covost_v2.sv-SE_en.dev" -> sv-SE, en, dev
std::optional<Pair> pair_in(const std::string& stem) {
  const std::vector<std::string> parts = text::split_at(stem, R"(\.)");
  if (parts.size() != 3) return std::nullopt;
  const std::vector<std::string> languages = text::split_at(parts[1], "_");
  if (languages.size() != 2) return std::nullopt;
  return Pair{languages[0], languages[1], split_in(parts[2])};
}

fs::path clips_of(const fs::path& root, const fs::path& folder, const std::string& language) {
  for (const fs::path& place : {folder / "clips", fs::path("clips"), fs::path(language) / "clips"}) {
    if (fs::is_directory(root / place)) return place;
  }
  return folder / "clips";
}

void ingest_pair(Ingest& ingest, const fs::path& file, const Pair& pair) {
  const TableOptions options{
      .separator = '\t', .quoted = false, .needed = {"path", "sentence", "translation"}};
  const fs::path clips = clips_of(ingest.root(), file.parent_path(), pair.source);
  const std::string target = language_in(pair.target);
  ingest_table(ingest, file, options, [&](const TableReader& row) {
    fs::path name = row.text("path");
    if (!name.has_extension()) name += ".mp3";
    Clip clip;
    clip.id = "covost2/" + pair.source + "_" + pair.target + "/" + name.stem().string();
    clip.split = pair.split;
    clip.language = language_in(pair.source);
    clip.text = trimmed(row.cell("sentence"));
    clip.translations[target] = trimmed(row.cell("translation"));
    if (clip.translations[target].empty()) {
      return ingest.reject(clip.id, "no_text", "the line has no translation");
    }
    if (!row.cell("client_id").empty()) clip.speaker = "common_voice-" + row.text("client_id");
    clip.labels = {{"synthetic_speech_detection", "real"}};
    clip.licence = "CC-BY-NC-4.0";
    clip.origin = "CoVoST 2 " + pair.source + "_" + pair.target;
    clip.consent = Consent::kLicence;
    ingest.add(clips / name, std::move(clip));
  });
}

}  // namespace

void ingest_covost2(Ingest& ingest) {
  bool any = false;
  for (const fs::path& file : files_below(ingest.root(), ".tsv")) {
    if (!file.filename().string().starts_with("covost_v2.")) continue;
    any = true;
    if (const auto pair = pair_in(file.stem().string())) {
      ingest_pair(ingest, file, *pair);
    } else {
      ingest.reject(file.generic_string(), "broken_name", "the name is no covost_v2.SOURCE_TARGET.SPLIT.tsv");
    }
  }
  if (!any) ingest.needed("covost_v2.SOURCE_TARGET.SPLIT.tsv");
}

}  // namespace auris::data
