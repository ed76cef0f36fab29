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
#include "auris/text/utf8.h"

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

// Licences by the package's copyright file. Kits for testing are recordings of real drums.
struct Kit {
  const char* name;
  const char* split;
  const char* licence;
  bool synthetic = false;  // by the kit's own description
};

constexpr std::array kKits{Kit{"Audiophob", "train", "CC0-1.0"},
                           Kit{"BJA_Pacific", "train", "CC-BY-SA-3.0"},
                           Kit{"ColomboAcousticDrumkit", "dev", "GPL-2.0-or-later"},
                           Kit{"ElectricEmpireKit", "train", "GPL-2.0-or-later", true},
                           Kit{"ForzeeStereo", "test", "GPL-2.0-only"},
                           Kit{"Gimme A Hand 1.0", "test", "GPL-2.0-only"},
                           Kit{"HardElectro1", "train", "GPL-2.0-or-later", true},
                           Kit{"Millo-Drums_v.1", "train", "GPL-2.0-only"},
                           Kit{"Millo_MultiLayered2", "train", "GPL-2.0-only"},
                           Kit{"Millo_MultiLayered3", "train", "GPL-2.0-only"},
                           Kit{"The Black Pearl 1.0", "test", "GPL-2.0-only"},
                           Kit{"VariBreaks", "train", "GPL-2.0-or-later", true},
                           Kit{"rumpf_kit_z01_h2", "train", "CC-BY-3.0"}};

Kit kit_named(const std::string& name) {
  const auto* known =
      std::find_if(kKits.begin(), kKits.end(), [&](const Kit& kit) { return kit.name == name; });
  return known != kKits.end() ? *known : Kit{"", "train", ""};
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
  xml = text::to_valid_utf8(xml);
  const Kit known = kit_named(kit);
  size_t at = 0;
  while (const auto instrument = next_tag(xml, "instrument", at)) {
    size_t before_name = 0, before_file = 0;  // in any order
    const std::string name = without_entities(next_tag(*instrument, "name", before_name).value_or(""));
    const std::optional<std::string> label = label_in(name);
    while (const auto tag = next_tag(*instrument, "filename", before_file)) {
      const fs::path file = without_entities(*tag);
      Clip clip;
      clip.id = fmt::format("hydrogen/{}/{}", kit, file.stem().string());
      if (!label) {
        ingest.reject(clip.id, "unknown_label",
                      fmt::format("{} names no instrument, or several", quoted(name)));
        continue;
      }
      clip.split = known.split;
      clip.synthetic = known.synthetic;
      clip.labels = {{"instrument", *label}};
      clip.licence = known.licence;
      clip.origin = "hydrogen-drumkits: " + kit;
      clip.consent = clip.licence.empty() ? Consent::kUnknown : Consent::kLicence;
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
