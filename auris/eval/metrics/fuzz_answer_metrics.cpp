// One text as the answer, and as the truth, of every metric that reads answers.
#include <array>

#include "auris/base/error.h"
#include "auris/eval/metrics/label_match.h"
#include "auris/eval/metrics/llaso.h"
#include "auris/eval/metrics/number_answer.h"
#include "auris/eval/metrics/pronunciation_scores.h"
#include "auris/eval/metrics/slots.h"

namespace {

using namespace auris::eval;

void check(bool holds) {
  if (!holds) auris::fail_invariant("metrics of one text", __FILE__, __LINE__);
}

void match_labels(const std::string& text) {
  static LabelMatcher accents({{{"Irish", {"Ireland"}}, {"Northern Irish", {}}, {"30+", {"é"}}, {"女", {}}}});
  const std::vector<size_t> all = accents.all(text);
  const std::optional<size_t> one = accents.match(text);
  check(one.has_value() == (all.size() == 1) && (!one || *one == all.front()));
  try {
    const std::array<auris::data::Label, 1> own = {{{text, {}}}};
    check(LabelMatcher(own).label_of(text) == 0u);
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kUsage) throw;  // nothing but blanks
  }
}

void read_parts(const std::string& text) {
  const NumberRange range{.minimum = -10, .maximum = 120};
  const std::optional<double> number = number_in(text, range);
  check(!number || range.has(*number));

  const SlotSums slots = slot_sums(text, text);
  check(slots.exact_items == 1 && slots.pairs.missed == 0);

  for (const PronunciationScores& scores : parse_pronunciation_scores(text)) {
    check(scores.word.size() <= text.size());
  }
  try {
    const PronunciationSums sums = pronunciation_sums(text, text);
    check(sums.scores.exact == sums.scores.items);
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kUsage) throw;  // a score beyond 10
  }
}

void score_as_llaso(const std::string& text) {
  const std::array<LlasoItem, 2> items = {{{text, text}, {"Irish.", text}}};
  check(llaso_label_sums(items).correct >= 1);
  const std::array<LlasoItem, 1> same = {{{text, text}}};
  check(llaso_age_sums(same).error == 0 && llaso_pitch_sums(same).error == 0);
  check(llaso_error_rate(same, ErrorUnit::kWord).rate().value_or(0) == 0);
  check(llaso_error_rate(same, ErrorUnit::kCharacter).rate().value_or(0) == 0);
  check(llaso_phone_error_rate(same).value_or(0) == 0);
  const LlasoSentenceSums sums = llaso_sentence_sums(same);
  check(sums.exact[0] == sums.read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  match_labels(text);
  read_parts(text);
  score_as_llaso(text);
  return 0;
}
