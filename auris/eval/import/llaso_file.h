#pragma once
// Prediction files as LLaSO released them (arXiv 2508.15418, results/SYSTEM/TEST.json or .jsonl): the items
// of one test with a system's answers, as a JSON list or as JSON lines, and what its judge wrote
// (gpt_result/TEST.jsonl).
//
// What cannot be used is rejected with its line and a reason; taken and rejected are always all records.
// Lines end at "\n" alone: U+2028 and "\r" stand inside texts.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auris/data/manifest/rejections.h"

namespace auris::eval {

struct LlasoEntry {
  int64_t line = 0;     // where it begins, from 1
  std::string prompt;   // with <audio> once
  std::string truth;    // not blank
  std::string answer;   // as given: "answer", "result" or "prediction"
  std::string audio;    // path with '/'
  std::string speaker;  // empty if the file does not say
};

struct LlasoFile {
  int64_t records = 0;  // lines that are not blank, or elements of the list and what spoils it
  std::vector<LlasoEntry> entries;
  std::vector<data::Rejection> rejected;  // "line 7"
};

// Reasons: "no_json", "no_conversation" (not one question and one reference), "empty_reference",
// "audio_marks" (not exactly one), "no_audio" (not one path), "no_answer", "open_list", "text_behind_list".
LlasoFile parse_llaso_file(std::string_view text);

struct LlasoJudgements {
  int64_t records = 0;
  std::vector<double> scores;             // from 1 to 5
  std::vector<data::Rejection> rejected;  // reasons: "no_json", "no_evaluation", "no_score"
};
LlasoJudgements parse_llaso_judgements(std::string_view text);

}  // namespace auris::eval
