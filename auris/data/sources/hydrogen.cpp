// Drum kits of the drum machine Hydrogen as Debian's package hydrogen-drumkits installs them in
// /usr/share/hydrogen/data/drumkits: KIT/drumkit.xml, where an <instrument> has a <name> and, for each
// strength of the stroke, a <filename>. What an instrument is, its name tells. A kit lies in one split: kits
// of one author may share recordings, so that all of an author's are on one side.

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/sources/layouts.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Word {
  const char* word;
  const char* label;
};

constexpr std::array kWords{
    Word{"bassdrum", "bass drum"}, Word{"kick", "bass drum"}, Word{"snare", "snare drum"},
    Word{"tom", "tom-tom"},        Word{"hat", "hi-hat"},     Word{"hh", "hi-hat"},
    Word{"crash", "cymbal"},       Word{"ride", "cymbal"},    Word{"china", "cymbal"},
    Word{"splash", "cymbal"},      Word{"cymbal", "cymbal"},  Word{"clap", "hand clap"}};

// The label that the words of a name stand for; nothing if they stand for none or for several.
std::optional<std::string> label_in(const std::string& name) {
  std::set<std::string> labels;
  const std::string words =
      text::substitute(text::substitute(text::lower(name), "[^a-z]+", " "), "bass drum", "bassdrum");
  for (const std::string& word : text::words_of(words)) {
    for (const Word& known : kWords) {
      if (word == known.word) labels.insert(known.label);
    }
  }
  if (labels.size() != 1) return std::nullopt;
  return *labels.begin();
}

std::string split_of_kit(const std::string& kit) {
  constexpr std::array<std::string_view, 4> kTest{"Audiophob", "ForzeeStereo", "Gimme A Hand 1.0",
                                                  "The Black Pearl 1.0"};
  if (kit == "ColomboAcousticDrumkit") return "dev";
  return std::find(kTest.begin(), kTest.end(), kit) != kTest.end() ? "test" : "train";
}

// What stands between <TAG> and </TAG> behind `at`, which moves behind it; nothing if there is no such tag.
std::optional<std::string> next_tag(const std::string& xml, std::string_view tag, size_t& at) {
  const std::string open = fmt::format("<{}>", tag), close = fmt::format("</{}>", tag);
  const size_t from = xml.find(open, at);
  const size_t to = from == std::string::npos ? from : xml.find(close, from);
  if (to == std::string::npos) return std::nullopt;
  at = to + close.size();
  return xml.substr(from + open.size(), to - from - open.size());
}

std::string without_entities(std::string text) {
  constexpr std::array<std::array<const char*, 2>, 5> kEntities{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}}};
  for (const auto& [entity, character] : kEntities) text = text::substitute(text, entity, character);
  return text;
}

void ingest_kit(Ingest& ingest, const std::string& kit) {
  std::string xml;
  for (const std::string& line : lines_of(ingest.root() / kit / "drumkit.xml")) xml += line + '\n';
  size_t at = 0;
  while (const auto instrument = next_tag(xml, "instrument", at)) {
    size_t inside = 0;
    const std::string name = without_entities(next_tag(*instrument, "name", inside).value_or(""));
    const std::optional<std::string> label = label_in(name);
    while (const auto tag = next_tag(*instrument, "filename", inside)) {
      const fs::path file = without_entities(*tag);
      Clip clip;
      clip.id = fmt::format("hydrogen/{}/{}", kit, file.stem().string());
      if (!label) {
        ingest.reject(clip.id, "unknown_label",
                      fmt::format("{} names no instrument, or several", quoted(name)));
        continue;
      }
      clip.split = split_of_kit(kit);
      clip.labels = {{"instrument", *label}};
      clip.licence = "GPL-2.0-only";
      clip.origin = "hydrogen-drumkits: " + kit;
      clip.consent = Consent::kLicence;
      ingest.add(fs::path(kit) / file, std::move(clip));
    }
  }
}

}  // namespace

void ingest_hydrogen(Ingest& ingest) {
  const std::vector<fs::path> kits = files_below(ingest.root(), "drumkit.xml");
  if (kits.empty()) ingest.needed("KIT/drumkit.xml");
  for (const fs::path& kit : kits) ingest_kit(ingest, kit.parent_path().generic_string());
}

}  // namespace auris::data
