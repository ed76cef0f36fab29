#include "auris/data/export/llaso.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_reader.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

// An array that is written entry by entry.
class ArrayFile {
 public:
  explicit ArrayFile(const fs::path& path) : file_(path, ErrorCode::kInput) {}

  void add(const ordered_json& entry) { write((entries_++ == 0 ? "[\n" : ",\n") + json_line(entry)); }
  void commit() {
    write("\n]\n");
    file_.commit();
  }
  int64_t entries() const { return entries_; }

 private:
  void write(const std::string& text) { file_.write(std::as_bytes(std::span(text))); }

  AtomicFile file_;
  int64_t entries_ = 0;
};

const char* folder_of(Configuration configuration) {
  switch (configuration) {
    case Configuration::kTextAudio: return "text_audio";
    case Configuration::kAudioText: return "audio_text";
    case Configuration::kAudio: return "pure_audio";
  }
  return "text_audio";
}

// How LLaSO's files call tasks and sources; others keep their names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kTaskNames{
    {{"speech_recognition", "ASR"},
     {"phoneme_recognition", "phoneme_recognition"},
     {"audio_question_answering", "AQA"},
     {"speech_command_recognition", "speechcommand_recognition"},
     {"intent_prediction", "Intent_Prediction"},
     {"entity_extraction", "Entity_Extraction"},
     {"speaker_gender", "gender"},
     {"accent", "accent"},
     {"age", "age"},
     {"emotion_intensity", "EIE"},
     {"emotion_recognition", "ER"},
     {"synthetic_speech_detection", "Synthetic_Audio_Classification"},
     {"speaker_identification", "SV"},
     {"pronunciation_scoring_word", "pronunciation_scoring_word_level"},
     {"pronunciation_scoring_sentence", "pronunciation_scoring_sentence_level"},
     {"pitch_prediction", "pitch"},
     {"vocal_sound", "vocal_classification"},
     {"instrument_source", "music_source"},
     {"velocity", "velocity"}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSourceNames{
    {{"crema_d", "CREMAD"},
     {"common_voice", "common-voice"},
     {"nsynth", "NSynth"},
     {"speech_commands", "speechcommands"}}};

template <size_t N>
std::string named(const std::array<std::pair<std::string_view, std::string_view>, N>& names,
                  const std::string& id) {
  for (const auto& [known, name] : names) {
    if (known == id) return std::string(name);
  }
  return id;
}

// Where questions are open, their names tell the configuration too.
const char* ending_of(Configuration configuration) {
  switch (configuration) {
    case Configuration::kTextAudio: return "_input_1";
    case Configuration::kAudioText: return "_instruction_0";
    case Configuration::kAudio: return "_end";
  }
  return "";
}

// Sources are names in manifests: what cannot stand in a file's name becomes a line.
std::string file_of(const Item& item) {
  std::string name = named(kSourceNames, item.source.empty() ? item.variant : item.source) + "_" +
                     named(kTaskNames, item.task);
  if (task_named(item.task).variant(item.variant).answer == AnswerKind::kOpen)
    name += ending_of(item.configuration);
  name += "_" + (item.split.empty() ? "train" : item.split);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) c = '_';
  }
  return fmt::format("{}/{}.json", folder_of(item.configuration), name);
}

// Their loader puts the line breaks around a recording itself.
std::string value_of(const std::string& prompt) {
  const size_t mark = prompt.find(kAudioMark), end = mark + kAudioMark.size();
  if (mark == std::string::npos) return prompt;
  const size_t before = prompt.find_last_not_of('\n', mark == 0 ? std::string::npos : mark - 1);
  const size_t after = prompt.find_first_not_of('\n', end);
  std::string value;
  if (mark > 0 && before != std::string::npos) value = prompt.substr(0, before + 1);
  value += kAudioMark;
  if (after != std::string::npos) value += prompt.substr(after);
  return value;
}

ordered_json facts_of(const EarlierTurn& turn) {
  return {{"clip", turn.clip},           {"speaker", turn.speaker},
          {"words", turn.words},         {"duration_s", turn.duration_s},
          {"licence", turn.licence},     {"origin", turn.origin},
          {"sha256", turn.clip_sha256},  {"consent", name_of(turn.consent)},
          {"synthetic", turn.synthetic}, {"voice_of_instruction", turn.voice}};
}

ordered_json entry_of(const Item& item, const std::vector<std::string>& recordings) {
  ordered_json metadata = {{"task", item.task},
                           {"variant", item.variant},
                           {"source", item.source},
                           {"clip", item.clip},
                           {"split", item.split},
                           {"speaker", item.speaker},
                           {"language", item.language},
                           {"transcript", item.transcript},
                           {"duration_s", item.duration_s},
                           {"licence", item.licence},
                           {"origin", item.origin},
                           {"sha256", item.clip_sha256},
                           {"second_sha256", item.second_clip_sha256},
                           {"consent", name_of(item.consent)},
                           {"synthetic", item.synthetic},
                           {"voice_of_instruction", item.voice}};
  ordered_json turns = ordered_json::array();
  for (const EarlierTurn& turn : item.history) {
    turns.push_back({{"from", turn.role == Role::kUser ? "human" : "gpt"}, {"value", value_of(turn.text)}});
    if (turn.has_recording()) metadata["earlier_recordings"].push_back(facts_of(turn));
  }
  turns.push_back({{"from", "human"}, {"value", value_of(item.prompt)}});
  turns.push_back({{"from", "gpt"}, {"value", item.answer}});
  return {{"id", item.id}, {"voice", recordings}, {"metadata", metadata}, {"conversations", turns}};
}

// Millions of recordings are not flushed one by one: the JSON that names them appears behind all of them.
void write_recording(const fs::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (file) return;
  throw Error(ErrorCode::kInput, {.where = "data export",
                                  .expected = "to write " + quoted(path.string()),
                                  .got = "a refusal of the system",
                                  .hint = "look for space and rights"});
}

// In the order of their marks; `number` names them.
std::vector<std::string> write_recordings(const fs::path& folder, const Item& item, const Sample& sample,
                                          int64_t number) {
  std::vector<std::string> recordings;
  for (size_t turn = 0; turn < item.history.size(); ++turn) {
    if (!item.history[turn].has_recording()) continue;
    recordings.push_back(fmt::format("audio/{:09}-{}.wav", number, turn));
    write_recording(folder / recordings.back(), content_of(sample, recording_name(turn)));
  }
  if (item.has_recording()) {
    recordings.push_back(fmt::format("audio/{:09}.wav", number));
    write_recording(folder / recordings.back(), content_of(sample, "wav"));
  }
  return recordings;
}

}  // namespace

LlasoReport export_llaso(const fs::path& data, const fs::path& folder,
                         const std::function<bool(int64_t, int64_t)>& progress) {
  const ShardReader reader(data);
  const auto all = static_cast<int64_t>(reader.size());
  std::error_code ignored;  // the first recording tells
  fs::create_directories(folder / "audio", ignored);
  std::map<std::string, std::unique_ptr<ArrayFile>> files;
  for (int64_t i = 0; i < all; ++i) {
    const Sample sample = reader.read(static_cast<uint64_t>(i));
    const nlohmann::json json =
        parse_json(content_of(sample, "json"), sample.key, ErrorCode::kInput, {.max_depth = 8});
    const Item item = item_from(json, sample.key);
    // Keys are unique in a part, not in parts that were merged: places are.
    const std::vector<std::string> recordings = write_recordings(folder, item, sample, i);
    auto& file = files[file_of(item)];
    if (!file) file = std::make_unique<ArrayFile>(folder / file_of(item));
    file->add(entry_of(item, recordings));
    if (progress && !progress(i + 1, all)) {
      throw Error(ErrorCode::kCancelled,
                  {.where = "data export", .expected = "to finish", .got = "a request to stop", .hint = ""});
    }
  }
  LlasoReport report{.items = all, .files = {}};
  for (auto& [name, file] : files) {
    file->commit();
    report.files[name] = file->entries();
  }
  return report;
}

}  // namespace auris::data
