#pragma once
// What a report shows of a single item: how each system fared, and where its words went wrong.

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "auris/eval/score/scorer.h"

namespace auris::eval {

enum class VerdictKind { kRight, kWrong, kOdd };  // odd: in between, or nothing that could be judged

struct Verdict {
  VerdictKind kind = VerdictKind::kOdd;
  std::string text = {};  // "right", "abstained", "wer 12 %"
  double points = 0;      // by the overall formula; NaN without a metric
};

// Of one answer, by its task's first metric. A corpus metric such as BLEU of one item is no more than a hint.
Verdict verdict_of(const AnsweredItem& answered);

// Words (for phones: symbols) of a text beside those of its reference, both as error rates compare them: a
// list of ["=", words], ["s", reference, words], ["d", reference], ["i", words].
nlohmann::ordered_json alignment(std::string_view reference, std::string_view text, std::string_view language,
                                 bool phones);

// Of an answer with its reference; null for tasks that are not about words.
nlohmann::ordered_json answer_alignment(const AnsweredItem& answered);

}  // namespace auris::eval
