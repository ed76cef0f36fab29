#pragma once
// A task: what is asked about a recording, how, and what the answer looks like. It is defined once, in
// definitions/ID.toml, and that definition builds training data, evaluation data and scores. Twenty tasks are
// LLaSO's (arXiv 2508.15418), with instructions and labels of our own words; the others extend them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auris::data {

enum class TaskGroup { kLinguistic, kSemantic, kSpeaker, kContent };

// Which part is heard and which is read.
enum class Configuration {
  kTextAudio,  // instruction read, recording heard
  kAudioText,  // instruction heard (with the recording, if the task needs its sound), the rest read
  kAudio,      // all heard; only a carrier sentence that asks for nothing is read
};

enum class AnswerKind {
  kText,    // words: a transcript, a translation
  kPhones,  // IPA
  kLabel,   // one of a closed set
  kTags,    // some of a closed set
  kNumber,
  kSlots,   // words with entities marked: remind me [date : tomorrow]
  kScores,  // words with scores of their pronunciation
  kOpen,    // whatever answers a question
};

enum class Metric {
  kWordErrorRate,
  kCharacterErrorRate,
  kPhoneErrorRate,
  kAccuracy,
  kTagF1,
  kMeanAbsoluteError,
  kSlotF1,
  kScoreError,  // mean absolute error of pronunciation scores
  kBleu,
  kChrf,
  kRougeL,
  kJudge,
};

// The text that is read beside a spoken instruction.
enum class TextInput {
  kNone,        // a carrier
  kTranscript,  // what was said, in place of the recording
  kOptions,     // the answers to choose from
  kContext,     // what was said, where the clip brings a question of its own; else a carrier
};

struct Label {
  std::string name;                  // as answers give it
  std::vector<std::string> aliases;  // other words for it, in any case
};

// A task as one source of data has it: its labels or the range of its numbers.
struct TaskVariant {
  std::string id;                         // of the source, such as "crema_d"; "any" if the task has only one
  std::vector<std::string> sources = {};  // others whose clips have the same labels
  AnswerKind answer = AnswerKind::kText;
  std::vector<Metric> metrics;      // the first one is the task's score
  std::vector<Label> labels;        // kLabel and kTags
  double minimum = 0, maximum = 0;  // kNumber
  std::string licence;              // of the source's data; empty if the task has none of its own
};

struct Task {
  std::string id;            // "emotion_recognition"
  std::string abbreviation;  // "ER"
  std::string title;
  std::string summary;  // one sentence
  TaskGroup group = TaskGroup::kLinguistic;
  int64_t version = 1;  // grows when items or scores would change
  TextInput text_input = TextInput::kNone;
  int64_t recordings = 1;                 // in a clip; 2 for tasks that compare
  std::vector<std::string> instructions;  // ways to ask; no placeholders, so that they can be spoken
  std::vector<std::string> options;   // ways to name the answers: "{labels}" once in each; only with labels
  std::vector<TaskVariant> variants;  // at least one

  // kUsage if there is none, with the names of those there are.
  const TaskVariant& variant(std::string_view id) const;
};

std::string_view name_of(TaskGroup group);
std::string_view name_of(Configuration configuration);
std::string_view name_of(AnswerKind answer);
std::string_view name_of(Metric metric);
std::string_view name_of(TextInput input);
// kUsage for a name that is not "text_audio", "audio_text" or "audio".
Configuration configuration_named(std::string_view name);

// Whether less is better.
bool is_error(Metric metric);

// One definition, in TOML (definitions/README.md says what it holds). `where` names it in messages. kInput,
// with the place and the reason, for anything that is not a whole definition.
Task parse_task(std::string_view toml, const std::string& where);

// All that are built in, by id.
const std::vector<Task>& all_tasks();
// By id or abbreviation, in any case. kUsage with the nearest names.
const Task& task_named(std::string_view name);

}  // namespace auris::data
