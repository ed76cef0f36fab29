// The JSON of LLaSO (Sun and others 2025, arXiv 2508.15418): files of one array, each sample with "voice" (a
// path or a list of one) and "conversations" of two turns, "human" with <audio> once and "gpt". The file's
// name tells the task and, with the path of the recording, the source whose labels these are. The published
// paths have "\" between some folders; that is "/". Samples whose question is partly written (their
// instruction is not one of ours, and a clip has no room for it) are rejected as "written_question". Samples
// of Audio-Reasoner's form, one a line, are read too.

#include <array>

#include <fmt/format.h>

#include "auris/data/items/answers.h"
#include "auris/data/items/item.h"
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
constexpr std::array<Mark, 19> kTasks{{{"asr", "speech_recognition"},
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

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

struct Turns {
  std::string question, answer;
};

Turns turns_of(const JsonFields& sample) {
  const nlohmann::json& turns = sample.list("conversations");
  if (turns.size() != 2) sample.fail("conversations", "two turns", fmt::format("{}", turns.size()));
  const JsonFields human(turns[0], sample.where(), ErrorCode::kInput),
      gpt(turns[1], sample.where(), ErrorCode::kInput);
  if (human.text("from") != "human" || gpt.text("from") != "gpt") {
    sample.fail("conversations", "a turn of human and one of gpt", "others");
  }
  Turns both{human.text("value"), gpt.text("value")};
  if (const size_t marks = count_of(both.question, kAudioMark); marks != 1) {
    sample.fail("conversations", "<audio> once", fmt::format("{} times", marks));
  }
  if (trimmed(both.answer).empty()) sample.fail("conversations", "an answer", "an empty text");
  return both;
}

fs::path recording_of(const JsonFields& sample) {
  const nlohmann::json& voice = sample.value("voice");
  std::string path;
  if (voice.is_array() && voice.size() == 1 && voice[0].is_string()) {
    path = voice[0].get<std::string>();
  } else {
    path = sample.text("voice");
  }
  for (char& c : path) c = c == '\\' ? '/' : c;
  return path;
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

Found found_in(const JsonFields& sample, const fs::path& file, const std::string& id) {
  const std::string name = text::lower(file.filename().string());
  const Turns turns = turns_of(sample);
  Found found{.recording = recording_of(sample)};
  Clip& clip = found.clip;
  clip.id = id;
  clip.split = name.find("test") != std::string::npos ? "test" : "train";
  clip.language = "en";
  clip.licence = "CC-BY-NC-4.0";
  clip.origin = "LLaSO " + file.filename().string();
  const std::string task = task_of(name);
  if (task == "audio_question_answering") {
    clip.source = "llaso";
    clip.synthetic = true;
    clip.consent = Consent::kSynthetic;
    if (name.find("_end") == std::string::npos) {
      return refused(id, "written_question", "part of the question is written beside the recording");
    }
    clip.labels[task] = turns.answer;
    return found;
  }
  const std::string path = text::lower(found.recording.generic_string());
  clip.source = meaning_in(kSources, name + " " + path, "llaso");
  if (task == "speech_recognition") {
    clip.text = trimmed(turns.answer);
  } else {
    const TaskVariant* variant = variant_for(task_named(task), clip);
    clip.labels[task] = variant == nullptr ? turns.answer : label_of(turns.answer, *variant);
    if (task.starts_with("pronunciation")) clip.text = words_before_scores(turns.answer);
    clip.synthetic = task == "synthetic_speech_detection" && clip.labels[task] == "Fake";
  }
  add_facts(clip, sample);
  return found;
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
      return std::vector<Found>{found_in(JsonFields(value, id, ErrorCode::kInput), file, id)};
    };
    if (file.extension() == ".jsonl") {
      ingest_json_lines(ingest, file, found);
    } else {
      ingest_json_values(ingest, file, 1, found);
    }
  }
}

}  // namespace auris::data
