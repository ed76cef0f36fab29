// WebDataset: tar files of samples, the files of one side by side and named alike up to the first dot:
// KEY.wav (flac, mp3, ogg, opus, m4a) with KEY.json (fields as in record.h) or KEY.txt (what is said). The
// clips point into the tar files, which must not be compressed. The shards of `auris data build` are read
// back: the item's answer is the label of its task, and the clip begins where the spoken instruction ends. Of
// conversations each turn with a recording (KEY.0.wav, ..., KEY.wav) becomes a clip.

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/tar.h"
#include "auris/data/sources/conversation.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/record.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxTextBytes = 1 << 24;
constexpr std::array<std::string_view, 8> kSounds{"wav", "flac", "mp3", "ogg", "opus", "oga", "m4a", "webm"};

struct Sample {
  std::string key;
  std::optional<TarFile> sound;
  std::map<std::string, TarFile> earlier_sounds;  // by the endings of their names: "0.wav"
  std::optional<std::string> json, text;
};

// Of an item whose recording holds its clip.
Clip clip_of(const Item& item) {
  Clip clip;
  clip.id = item.id;
  clip.start_s = item.clip_start_s;
  clip.duration_s = item.duration_s - item.clip_start_s;
  clip.source = item.source;
  clip.split = item.split;
  clip.language = item.language;
  clip.text = item.transcript;
  clip.speaker = item.speaker;
  if (item.task == "speech_translation") clip.translations["en"] = item.answer;
  if (item.task != "speech_recognition" && item.task != "speech_translation" &&
      item.task != "language_identification") {
    clip.labels[item.task] = item.answer;
  }
  clip.licence = item.licence;
  clip.synthetic = item.synthetic;
  return clip;
}

Clip clip_about(const Item& item) {
  Clip clip;
  clip.id = item.id;
  clip.source = item.source;
  clip.split = item.split;
  clip.language = item.language;
  return clip;
}

// The turns of an item with what is known of their recordings: the clips that begin there are asked in the
// same words, so that what is said in them is all that is said in the recording.
std::vector<ConversationClip> turns_of(const Item& item, const std::string& place) {
  std::vector<EarlierTurn> turns = item.history;
  EarlierTurn asked = asked_turn(item);
  asked.duration_s = item.duration_s;
  asked.clip.clear();         // what is read now is the whole recording,
  asked.clip_sha256.clear();  // not the file that it was made of
  turns.push_back(std::move(asked));
  turns.push_back({.role = Role::kAssistant, .text = item.answer});
  std::vector<ConversationClip> clips = clips_of_conversation(turns, clip_about(item), place);
  for (ConversationClip& found : clips) {
    const EarlierTurn& turn = turns[found.turn];
    found.clip.text = turn.words;
    found.clip.speaker = turn.speaker;
    found.clip.duration_s = turn.duration_s;
    found.clip.synthetic = turn.synthetic;
    found.clip.licence = turn.licence;
    found.clip.origin = turn.origin;
    found.clip.consent = turn.consent;
  }
  return clips;
}

// Not if the instruction alone is heard, and what the clip says is read.
bool holds_clip(const Item& item) {
  return item.configuration != Configuration::kAudioText || item.clip_start_s > 0;
}

class Shard {
 public:
  Shard(Ingest& ingest, fs::path file) : ingest_(ingest), file_(std::move(file)) {}

  // Its samples; a tar file that ends early is rejected behind them.
  void read() {
    std::optional<TarReader> tar;
    TarFile file;
    const auto step = [&](const auto& act) {
      try {
        return act();
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kInput) throw;
        sample_ = {};  // what the damage cut
        ingest_.reject(file_.generic_string(), "broken_file", error.what());
        return false;
      }
    };
    while (step([&] {
      if (!tar) tar.emplace(ingest_.root() / file_);
      return tar->next(file);
    })) {
      const fs::path name = file.name;
      const std::string last = name.filename().string();
      const size_t dot = last.find('.');
      if (dot == 0 || dot == std::string::npos) continue;  // ._NAME and notes of any kind
      const std::string key = (name.parent_path() / last.substr(0, dot)).generic_string();
      if (key != sample_.key) finish();
      sample_.key = key;
      const std::string ending = text::lower(last.substr(dot + 1));
      if (std::find(kSounds.begin(), kSounds.end(), ending) != kSounds.end()) sample_.sound = file;
      if (ending.ends_with(".wav")) sample_.earlier_sounds[ending] = file;
      std::optional<std::string>* text = ending == "json"                      ? &sample_.json
                                         : ending == "txt" || ending == "text" ? &sample_.text
                                                                               : nullptr;
      if (text != nullptr && !step([&] {
            *text = tar->content(kMaxTextBytes);
            return true;
          })) {
        break;
      }
    }
    finish();
  }

 private:
  void finish() {
    const Sample sample = std::exchange(sample_, {});
    if (sample.key.empty() || (!sample.sound && !sample.json && !sample.text)) return;
    const std::string place = fmt::format("webdataset/{}/{}", file_.generic_string(), sample.key);
    if (finish_conversation(sample, place)) return;
    if (!sample.sound) return ingest_.reject(place, "missing_file", "the sample has no recording");
    Clip clip;
    try {
      clip = clip_in_sample(sample, place);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      return ingest_.reject(place, "broken_line", error.what());
    }
    if (clip.duration_s < 0)
      return ingest_.reject(place, "no_sound", "the recording holds an instruction only");
    if (clip.id.empty()) clip.id = place;
    if (clip.origin.empty()) clip.origin = ingest_.root().filename().string();
    add(*sample.sound, std::move(clip));
  }

  // Whether it was one.
  bool finish_conversation(const Sample& sample, const std::string& place) {
    if (!sample.json) return false;
    try {
      const nlohmann::json json = parse_json(*sample.json, place, ErrorCode::kInput, {.max_depth = 32});
      if (!json.is_object() || !json.contains("history") || !json.contains("task")) return false;
      const Item item = item_from(json, place);
      for (ConversationClip& found : turns_of(item, place)) {
        const bool is_last = found.turn == item.history.size();
        const auto earlier = sample.earlier_sounds.find(recording_name(found.turn));
        if (is_last ? !sample.sound : earlier == sample.earlier_sounds.end()) {
          ingest_.reject(found.clip.id, "missing_file", "the sample lacks the recording of the turn");
        } else {
          add(is_last ? *sample.sound : earlier->second, std::move(found.clip));
        }
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      ingest_.reject(place, "broken_line", error.what());
    }
    return true;
  }

  void add(const TarFile& sound, Clip clip) {
    clip.audio_offset = static_cast<int64_t>(sound.offset);
    clip.audio_bytes = static_cast<int64_t>(sound.bytes);
    if (clip.audio_bytes == 0) return ingest_.reject(clip.id, "no_sound", "the recording is empty");
    ingest_.add(file_, std::move(clip));
  }

  // A duration below 0: it holds no clip.
  static Clip clip_in_sample(const Sample& sample, const std::string& place) {
    Clip clip;
    if (sample.json) {
      const nlohmann::json json = parse_json(*sample.json, place, ErrorCode::kInput, {.max_depth = 32});
      const JsonFields fields(json, place, ErrorCode::kInput);
      if (fields.has("configuration") && fields.has("task")) {
        const Item item = item_from(json, place);
        clip = clip_of(item);
        if (!holds_clip(item)) clip.duration_s = -1;
        return clip;
      }
      clip = clip_in(record_of(json));
    }
    if (sample.text && clip.text.empty()) clip.text = trimmed(*sample.text);
    return clip;
  }

  Ingest& ingest_;
  fs::path file_;
  Sample sample_;
};

}  // namespace

void ingest_webdataset(Ingest& ingest) {
  const std::vector<fs::path> files = files_below(ingest.root(), ".tar");
  if (files.empty()) ingest.needed("*.tar");
  for (const fs::path& file : files) Shard(ingest, file).read();
}

}  // namespace auris::data
