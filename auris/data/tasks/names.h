#pragma once
// The names of the tasks' enumerations in files.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auris/data/tasks/task.h"

namespace auris::data {

template <class Value, size_t kCount>
using NameTable = std::array<std::pair<Value, std::string_view>, kCount>;

inline constexpr NameTable<TaskGroup, 4> kTaskGroups{{{TaskGroup::kLinguistic, "linguistic"},
                                                      {TaskGroup::kSemantic, "semantic"},
                                                      {TaskGroup::kSpeaker, "speaker"},
                                                      {TaskGroup::kContent, "content"}}};
inline constexpr NameTable<Configuration, 3> kConfigurations{{{Configuration::kTextAudio, "text_audio"},
                                                              {Configuration::kAudioText, "audio_text"},
                                                              {Configuration::kAudio, "audio"}}};
inline constexpr NameTable<AnswerKind, 8> kAnswerKinds{{{AnswerKind::kText, "text"},
                                                        {AnswerKind::kPhones, "phones"},
                                                        {AnswerKind::kLabel, "label"},
                                                        {AnswerKind::kTags, "tags"},
                                                        {AnswerKind::kNumber, "number"},
                                                        {AnswerKind::kSlots, "slots"},
                                                        {AnswerKind::kScores, "scores"},
                                                        {AnswerKind::kOpen, "open"}}};
inline constexpr NameTable<Metric, 12> kMetrics{{{Metric::kWordErrorRate, "wer"},
                                                 {Metric::kCharacterErrorRate, "cer"},
                                                 {Metric::kPhoneErrorRate, "per"},
                                                 {Metric::kAccuracy, "accuracy"},
                                                 {Metric::kTagF1, "tag_f1"},
                                                 {Metric::kMeanAbsoluteError, "mae"},
                                                 {Metric::kSlotF1, "slot_f1"},
                                                 {Metric::kScoreError, "score_mae"},
                                                 {Metric::kBleu, "bleu"},
                                                 {Metric::kChrf, "chrf"},
                                                 {Metric::kRougeL, "rouge_l"},
                                                 {Metric::kJudge, "judge"}}};
inline constexpr NameTable<TextInput, 4> kTextInputs{{{TextInput::kNone, "none"},
                                                      {TextInput::kTranscript, "transcript"},
                                                      {TextInput::kOptions, "options"},
                                                      {TextInput::kContext, "context"}}};

template <class Value, size_t kCount>
constexpr std::string_view name_in(const NameTable<Value, kCount>& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "unknown";
}

template <class Value, size_t kCount>
constexpr std::optional<Value> value_in(const NameTable<Value, kCount>& table, std::string_view name) {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// "a, b, c", for messages.
template <class Value, size_t kCount>
std::string names_in(const NameTable<Value, kCount>& table) {
  std::string names;
  for (const auto& entry : table) names += (names.empty() ? "" : ", ") + std::string(entry.second);
  return names;
}

}  // namespace auris::data
