#pragma once
// The names of the tasks' enumerations in files.

#include "auris/base/name_table.h"
#include "auris/data/tasks/task.h"

namespace auris::data {

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

}  // namespace auris::data
