// Common Voice (Ardila and others 2020), as its archives unpack: LANGUAGE/clips/*.mp3 and the tables
// train.tsv, dev.tsv and test.tsv beside them (of a language without these, validated.tsv). The path may be
// one language's folder or the one above. Cells are not quoted. Accents are told by codes ("us") up to corpus
// 6, then by names ("United States English") or in the speaker's own words; of those, only what the task
// knows is a label. Speakers may keep their gender to themselves or be neither female nor male.

#include <array>

#include "auris/data/items/answers.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kNoGenderLabel{"",           "other",    "transgender",
                                                         "non-binary", "intersex", "do_not_wish_to_say"};

// Empty if the task has none for it.
std::string accent_in(std::string_view text) {
  if (text == "us") return "American";
  if (text == "african") return "Southern African";
  // "India and South Asia (India, Pakistan, Sri Lanka)"
  const std::string name = trimmed(text.substr(0, text.find('(')));
  const Label* label = label_named(name, task_named("accent").variant("common_voice"));
  return label != nullptr ? label->name : "";
}

void add_labels(Clip& clip, const TableReader& row) {
  clip.labels["synthetic_speech_detection"] = "real";
  if (const std::string age = row.text("age"); !age.empty()) clip.labels["age"] = age;
  const std::string gender = row.text("gender");
  if (std::find(kNoGenderLabel.begin(), kNoGenderLabel.end(), gender) == kNoGenderLabel.end()) {
    const std::string known = gender_in(gender);
    clip.labels["speaker_gender"] = known.empty() ? gender : known;
  }
  const std::string accent = accent_in(row.cell(row.has("accents") ? "accents" : "accent"));
  if (clip.language == "en" && !accent.empty()) clip.labels["accent"] = accent;
}

void ingest_split(Ingest& ingest, const fs::path& folder, const std::string& table) {
  const TableOptions options{.separator = '\t', .quoted = false, .needed = {"path", "sentence", "client_id"}};
  const std::string language = (folder.empty() ? ingest.root() : folder).filename().string();
  ingest_table(ingest, folder / (table + ".tsv"), options, [&](const TableReader& row) {
    fs::path name = row.text("path");
    if (!name.has_extension()) name += ".mp3";
    Clip clip;
    clip.id = "common_voice/" + name.stem().string();
    clip.split = table == "validated" ? "" : table;
    clip.language = language_in(row.has("locale") ? row.cell("locale") : language);
    clip.text = trimmed(row.cell("sentence"));
    clip.speaker = "common_voice-" + row.text("client_id");
    add_labels(clip, row);
    clip.licence = "CC0-1.0";
    clip.origin = "Common Voice " + language;
    clip.consent = Consent::kLicence;
    ingest.add(folder / "clips" / name, std::move(clip));
  });
}

}  // namespace

void ingest_common_voice(Ingest& ingest) {
  std::vector<fs::path> folders;
  if (fs::is_directory(ingest.root() / "clips")) folders = {""};
  for (const fs::directory_entry& entry : fs::directory_iterator(ingest.root())) {
    if (fs::is_directory(entry.path() / "clips")) folders.push_back(entry.path().filename());
  }
  std::sort(folders.begin(), folders.end());
  if (folders.empty()) ingest.needed("clips");
  for (const fs::path& folder : folders) {
    bool any = false;
    for (const char* table : {"train", "dev", "test"}) {
      if (!fs::exists(ingest.root() / folder / (std::string(table) + ".tsv"))) continue;
      any = true;
      ingest_split(ingest, folder, table);
    }
    if (!any) ingest_split(ingest, folder, "validated");
  }
}

}  // namespace auris::data
