// Multilingual LibriSpeech (Pratap and others 2020): mls_LANGUAGE/{train,dev,test}/transcripts.txt with
// "SPEAKER_BOOK_NUMBER<tab>text", audio/SPEAKER/BOOK/SPEAKER_BOOK_NUMBER.flac (or .opus) beside it, and the
// speakers in metainfo.txt: "SPEAKER | GENDER | PARTITION | ...". The path is one language's folder.
// Checked against lhotse's recipe mls.

#include <map>

#include <fmt/format.h>

#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

using Genders = std::map<std::string, std::string>;

// Titles may hold bars, so that only the first columns count.
Genders genders_of(Ingest& ingest) {
  Genders genders;
  const fs::path file = ingest.root() / "metainfo.txt";
  if (!fs::exists(file)) return genders;
  for (const std::string& line : lines_of(file)) {
    const std::vector<std::string> cells = text::split_at(line, R"(\|)");
    if (cells.size() >= 2 && !gender_in(trimmed(cells[1])).empty()) {
      genders[trimmed(cells[0])] = gender_in(trimmed(cells[1]));
    }
  }
  return genders;
}

// "german" in mls_german, mls_german_opus and wherever else the name begins so.
std::string language_of(const fs::path& root) {
  const std::vector<std::string> parts = text::split_at(root.filename().string(), "_");
  return parts.size() > 1 && parts[0] == "mls" ? language_in(parts[1]) : "";
}

void ingest_split(Ingest& ingest, const std::string& split, const Genders& genders) {
  const TableOptions options{.separator = '\t', .quoted = false, .columns = {"name", "text"}};
  const std::string language = language_of(ingest.root());
  ingest_table(ingest, fs::path(split) / "transcripts.txt", options, [&](const TableReader& row) {
    const std::string name = row.text("name");
    const std::vector<std::string> fields = text::split_at(name, "_");
    Clip clip;
    clip.id = "mls/" + (language.empty() ? "" : language + "/") + name;
    if (fields.size() != 3)
      return ingest.reject(clip.id, "broken_name", "the name is no SPEAKER_BOOK_NUMBER");
    clip.split = split;
    clip.language = language;
    clip.text = trimmed(row.cell("text"));
    clip.speaker = "librivox-" + fields[0];
    clip.labels = {{"synthetic_speech_detection", "real"}};
    if (const auto gender = genders.find(fields[0]); gender != genders.end()) {
      clip.labels["speaker_gender"] = gender->second;
    }
    clip.licence = "CC-BY-4.0";
    clip.origin = "MLS " + split;
    clip.consent = Consent::kLicence;
    const fs::path sound = fs::path(split) / "audio" / fields[0] / fields[1] / name;
    const bool opus = fs::exists(ingest.root() / (sound.string() + ".opus"));
    ingest.add(sound.string() + (opus ? ".opus" : ".flac"), std::move(clip));
  });
}

}  // namespace

void ingest_mls(Ingest& ingest) {
  const Genders genders = genders_of(ingest);
  bool any = false;
  for (const char* split : {"train", "dev", "test"}) {
    if (!fs::exists(ingest.root() / split / "transcripts.txt")) continue;
    any = true;
    ingest_split(ingest, split, genders);
  }
  if (!any) ingest.needed("train/transcripts.txt");
}

}  // namespace auris::data
