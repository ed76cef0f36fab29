// The JSON of LLaSO (Sun and others 2025, arXiv 2508.15418): files of one array, each sample with "voice" (a
// path or a list) and "conversations", turns of "human" and "gpt" with an <audio> for each path. The file's
// name tells the task and, with the path of the recording, the source whose labels these are. The published
// paths have
// "\" between some folders; that is "/". Of questions that are partly written, an instruction in front of the
// recording becomes the clip's question and text behind it what is written beside it. Conversations of more
// than two turns, which LLaSO's own files do not hold, become clips that are turns of a dialogue
// (conversation.h). Samples of Audio-Reasoner's form, one a line, are read too.

#include <array>

#include <fmt/format.h>

#include "auris/data/items/answers.h"
#include "auris/data/items/item.h"
#include "auris/data/sources/conversation.h"
#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

struct Mark {
  std::string_view inside;  // of a name in small letters
  std::string_view meaning;
};

// The first that fits counts.
constexpr std::array<Mark, 20> kTasks{{{"asr", "speech_recognition"},
                                       {"_dialogue", "dialogue"},
                                       {"phoneme", "phoneme_recognition"},
                                       {"pronunciation_scoring_sentence", "pronunciation_scoring_sentence"},
                                       {"pronunciation_scoring_word", "pronunciation_scoring_word"},
                                       {"entity_extraction", "entity_extraction"},
                                       {"intent_prediction", "intent_prediction"},
                                       {"speechcommand", "speech_command_recognition"},
                                       {"vocal_classification", "vocal_sound"},
                                       {"_ai_", "accent"},
                                       {"accent_", "accent"},
                                       {"_age_", "age"},
                                       {"gender", "speaker_gender"},
                                       {"_eie_", "emotion_intensity"},
                                       {"_er_", "emotion_recognition"},
                                       {"_sv_", "speaker_identification"},
                                       {"synthetic_audio", "synthetic_speech_detection"},
                                       {"music_source", "instrument_source"},
                                       {"instrument", "instrument"},
                                       {"pitch", "pitch_prediction"}}};
constexpr std::array<Mark, 15> kSources{{{"cremad", "crema_d"},
                                         {"meld", "meld"},
                                         {"nsynth", "nsynth"},
                                         {"accentdb", "accentdb"},
                                         {"common-voice", "common_voice"},
                                         {"slurp", "slurp"},
                                         {"speechcommand", "speech_commands"},
                                         {"vctk", "vctk"},
                                         {"vocal", "vocalsound"},
                                         {"voxceleb", "voxceleb"},
                                         {"for/", "fake_or_real"},
                                         {"pronunciation", "speechocean762"},
                                         {"mls", "mls"},
                                         {"libri", "librispeech"},
                                         {"giga", "gigaspeech"}}};

template <size_t kCount>
std::string meaning_in(const std::array<Mark, kCount>& marks, std::string_view name, const char* otherwise) {
  for (const Mark& mark : marks) {
    if (name.find(mark.inside) != std::string_view::npos) return std::string(mark.meaning);
  }
  return otherwise;
}

std::string task_of(const std::string& file) {
  if (file.find("velocity") != std::string::npos) return "velocity";
  return meaning_in(kTasks, file, "audio_question_answering");
}

// Exports have no line breaks around a recording: their loader puts them there.
std::string with_breaks(const std::string& value) {
  const size_t mark = value.find(kAudioMark);
  if (mark == std::string::npos) return value;
  const std::string before = trimmed(value.substr(0, mark)),
                    behind = trimmed(value.substr(mark + kAudioMark.size()));
  return (before.empty() ? "" : before + "\n") + std::string(kAudioMark) +
         (behind.empty() ? "" : "\n" + behind);
}

// At least one of each, and one <audio> in all for each recording.
std::vector<EarlierTurn> turns_of(const JsonFields& sample, size_t recordings) {
  const nlohmann::json& list = sample.list("conversations");
  if (list.empty() || list.size() % 2 != 0) {
    sample.fail("conversations", "two turns, or a multiple", fmt::format("{}", list.size()));
  }
  std::vector<EarlierTurn> turns;
  size_t marks = 0;
  for (const nlohmann::json& entry : list) {
    const JsonFields turn(entry, sample.where(), ErrorCode::kInput);
    const bool human = turns.size() % 2 == 0;
    if (turn.text("from") != (human ? "human" : "gpt")) {
      sample.fail("conversations", "turns of human and gpt by turns", "others");
    }
    const std::string value = turn.text("value");
    marks += audio_marks_in(value);
    turns.push_back({.role = human ? Role::kUser : Role::kAssistant, .text = value});
  }
  if (marks != recordings) {
    sample.fail("conversations",
                recordings == 1 ? "<audio> once" : fmt::format("<audio> {} times", recordings),
                fmt::format("{} times", marks));
  }
  if (trimmed(turns.back().text).empty()) sample.fail("conversations", "an answer", "an empty text");
  return turns;
}

std::vector<fs::path> recordings_of(const JsonFields& sample) {
  const nlohmann::json& voice = sample.value("voice");
  std::vector<std::string> paths;
  if (voice.is_array()) {
    for (const nlohmann::json& path : voice) {
      if (!path.is_string()) sample.fail("voice", "paths", path.type_name());
      paths.push_back(path.get<std::string>());
    }
    if (paths.empty()) sample.fail("voice", "a path", "none");
  } else {
    paths.push_back(sample.text("voice"));
  }
  std::vector<fs::path> recordings;
  for (std::string& path : paths) {
    for (char& c : path) c = c == '\\' ? '/' : c;
    recordings.emplace_back(path);
  }
  return recordings;
}

// "Throat clearing." and "Audio volume_up" are labels with a full stop and an underscore too many.
std::string label_of(const std::string& answer, const TaskVariant& variant) {
  if (variant.answer != AnswerKind::kLabel && variant.answer != AnswerKind::kNumber) return answer;
  std::string label = trimmed(answer);
  if (label.ends_with('.')) label.pop_back();
  if (label_named(label, variant) != nullptr) return label;
  const std::string spaced = text::substitute(label, "_", " ");
  return label_named(spaced, variant) != nullptr ? spaced : label;
}

// From the facts that some files have beside the turns.
void add_facts(Clip& clip, const JsonFields& sample) {
  for (const char* key : {"metadata", "meta-data"}) {
    if (!sample.value(key).is_object()) continue;
    const JsonFields facts = sample.object(key);
    for (const char* text : {"sentence", "utt"}) {
      if (const auto said = facts.optional_text(text)) clip.text = trimmed(*said);
    }
    for (const char* speaker : {"spk_id", "usrid", "speaker"}) {
      if (const auto id = facts.optional_text(speaker)) clip.speaker = clip.source + "-" + *id;
    }
    const std::string gender = gender_in(facts.optional_text("gender").value_or(""));
    if (!gender.empty()) clip.labels.try_emplace("speaker_gender", gender);
  }
  if (const nlohmann::json& id = sample.value("speaker_id"); id.is_string() && clip.speaker.empty()) {
    clip.speaker = clip.source + "-" + id.get<std::string>();
  }
}

// "Mark is here. For the sentence: ..." says what was read, too.
std::string words_before_scores(const std::string& answer) {
  return trimmed(answer.substr(0, answer.find(" For ")));
}

Clip clip_about(const fs::path& file, const std::string& id) {
  Clip clip;
  clip.id = id;
  clip.split = text::lower(file.filename().string()).find("test") != std::string::npos ? "test" : "train";
  clip.language = "en";
  clip.licence = "CC-BY-NC-4.0";
  clip.origin = "LLaSO " + file.filename().string();
  return clip;
}

// Answers to spoken questions, which may be partly written. Where all is heard, what is written asks nothing.
void add_question(Clip& clip, const std::string& task, const std::string& name,
                  const std::vector<EarlierTurn>& turns) {
  clip.source = "llaso";
  clip.synthetic = true;
  clip.consent = Consent::kSynthetic;
  clip.labels[task] = turns.back().text;
  if (name.find("_end") != std::string::npos) return;
  const std::string written = with_breaks(turns.front().text);
  const size_t mark = written.find(kAudioMark);
  const std::string before = trimmed(written.substr(0, mark));
  if (written.size() > mark + kAudioMark.size()) {
    clip.written = written;
  } else if (!before.empty()) {
    clip.questions[task] = before;
  }
}

std::vector<Found> conversation_in(const JsonFields& sample, std::vector<EarlierTurn> turns,
                                   const std::vector<fs::path>& recordings, Clip about,
                                   const std::string& name) {
  about.source = meaning_in(kSources, name + " " + text::lower(recordings.front().generic_string()), "llaso");
  add_facts(about, sample);
  about.text.clear();  // of which turn it would be is not told
  for (EarlierTurn& turn : turns) turn.text = with_breaks(turn.text);
  std::vector<Found> found;
  for (ConversationClip& turn : clips_of_conversation(turns, about, sample.where())) {
    found.push_back({.recording = recordings.at(turn.recording), .clip = std::move(turn.clip)});
  }
  return found;
}

std::vector<Found> found_in(const JsonFields& sample, const fs::path& file, const std::string& id) {
  const std::string name = text::lower(file.filename().string());
  const std::vector<fs::path> recordings = recordings_of(sample);
  const std::vector<EarlierTurn> turns = turns_of(sample, recordings.size());
  Clip clip = clip_about(file, id);
  if (turns.size() > 2) return conversation_in(sample, turns, recordings, std::move(clip), name);
  if (recordings.size() != 1) sample.fail("voice", "one path", fmt::format("{}", recordings.size()));
  const std::string task = task_of(name);
  if (task == "audio_question_answering" || task == "dialogue") {
    add_question(clip, task, name, turns);
    return {{.recording = recordings.front(), .clip = std::move(clip)}};
  }
  const std::string path = text::lower(recordings.front().generic_string()), &answer = turns.back().text;
  clip.source = meaning_in(kSources, name + " " + path, "llaso");
  if (task == "speech_recognition") {
    clip.text = trimmed(answer);
  } else {
    const TaskVariant* variant = variant_for(task_named(task), clip);
    clip.labels[task] = variant == nullptr ? answer : label_of(answer, *variant);
    if (task.starts_with("pronunciation")) clip.text = words_before_scores(answer);
    clip.synthetic = task == "synthetic_speech_detection" && clip.labels[task] == "Fake";
  }
  add_facts(clip, sample);
  return {{.recording = recordings.front(), .clip = std::move(clip)}};
}

}  // namespace

void ingest_llaso(Ingest& ingest) {
  std::vector<fs::path> files = files_below(ingest.root(), ".json");
  const std::vector<fs::path> lines = files_below(ingest.root(), ".jsonl");
  files.insert(files.end(), lines.begin(), lines.end());
  if (files.empty()) ingest.needed("*.json");
  for (const fs::path& file : files) {
    int64_t number = 0;
    const FoundIn found = [&](const nlohmann::json& value, const std::string&) {
      const std::string id =
          fmt::format("llaso/{}/{}", fs::path(file).replace_extension().generic_string(), ++number);
      return found_in(JsonFields(value, id, ErrorCode::kInput), file, id);
    };
    if (file.extension() == ".jsonl") {
      ingest_json_lines(ingest, file, found);
    } else {
      ingest_json_values(ingest, file, 1, found);
    }
  }
}

}  // namespace auris::data
