// MELD (Poria and others 2019), utterances of the series Friends: tables SPLIT_sent_emo.csv, and
// dia{Dialogue_ID}_utt{Utterance_ID}.mp4 in train_splits, dev_splits_complete and
// output_repeated_splits_test, each of these in the root or in a folder train, dev or test (as the archives
// unpack). Sound alone, NAME.wav in the same folders, is taken too. The texts have the punctuation of
// Windows-1252 as control characters. Utterances are turns of their dialogue; what another one says next is
// the reply.

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "auris/data/items/answers.h"
#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/table.h"
#include "auris/text/utf8.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Split {
  const char* name;
  const char* folder;
};
constexpr std::array<Split, 3> kSplits{
    {{"train", "train_splits"}, {"dev", "dev_splits_complete"}, {"test", "output_repeated_splits_test"}}};

std::string with_punctuation(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const text::Character character = text::character_at(text, at);
    switch (character.code) {
      case 0x85: out += "\u2026"; break;
      case 0x91: out += "\u2018"; break;
      case 0x92: out += "\u2019"; break;
      case 0x93: out += "\u201C"; break;
      case 0x94: out += "\u201D"; break;
      case 0x96: out += "\u2013"; break;
      case 0x97: out += "\u2014"; break;
      case 0xA0: out += ' '; break;
      default: out += text.substr(at, character.length);
    }
    at += character.length;
  }
  return trimmed(out);
}

int64_t turn_in(std::string_view number) {
  int64_t turn = 0;
  std::from_chars(number.data(), number.data() + number.size(), turn);
  return std::clamp<int64_t>(turn, 0, 100'000);
}

// Where the table or folder `name` of a split lies, below the root.
std::optional<fs::path> place_of(const fs::path& root, const Split& split, const std::string& name) {
  for (const fs::path& place : {fs::path(name), fs::path(split.name) / name}) {
    if (fs::exists(root / place)) return place;
  }
  return std::nullopt;
}

void ingest_split(Ingest& ingest, const Split& split, const fs::path& table) {
  const fs::path folder = place_of(ingest.root(), split, split.folder).value_or(split.folder);
  const TableOptions options{
      .needed = {"Utterance", "Speaker", "Emotion", "Sentiment", "Dialogue_ID", "Utterance_ID"}};
  const TaskVariant& speakers = task_named("speaker_identification").variant("meld");
  std::optional<Found> last;  // waits for the reply
  const auto add_last = [&] {
    if (last) ingest.add(last->recording, std::move(last->clip));
    last.reset();
  };
  ingest_table(ingest, table, options, [&](const TableReader& row) {
    const std::string name = fmt::format("dia{}_utt{}", row.cell("Dialogue_ID"), row.cell("Utterance_ID"));
    Clip clip;
    clip.id = fmt::format("meld/{}/{}", split.name, name);
    clip.split = split.name;
    clip.language = "en";
    clip.text = with_punctuation(row.cell("Utterance"));
    clip.speaker = "meld-" + row.text("Speaker");
    clip.labels = {{"emotion_recognition", row.text("Emotion")},
                   {"emotion_intensity", row.text("Sentiment")},
                   {"synthetic_speech_detection", "real"}};
    if (label_named(row.cell("Speaker"), speakers) != nullptr) {  // guests have no label
      clip.labels["speaker_identification"] = row.text("Speaker");
    }
    clip.licence = "GPL-3.0";
    clip.origin = "MELD " + std::string(split.name);
    const bool sound = fs::exists(ingest.root() / folder / (name + ".wav"));
    clip.dialogue = fmt::format("meld/{}/dia{}", split.name, row.cell("Dialogue_ID"));
    clip.turn = turn_in(row.cell("Utterance_ID"));
    if (last && last->clip.dialogue == clip.dialogue && last->clip.turn + 1 == clip.turn &&
        last->clip.speaker != clip.speaker && !clip.text.empty()) {
      last->clip.labels["dialogue"] = clip.text;
    }
    add_last();
    last = {.recording = folder / (name + (sound ? ".wav" : ".mp4")), .clip = std::move(clip)};
  });
  add_last();
}

}  // namespace

void ingest_meld(Ingest& ingest) {
  bool any = false;
  for (const Split& split : kSplits) {
    if (const auto table = place_of(ingest.root(), split, std::string(split.name) + "_sent_emo.csv")) {
      ingest_split(ingest, split, *table);
      any = true;
    }
  }
  if (!any) ingest.needed("train_sent_emo.csv");
}

}  // namespace auris::data
