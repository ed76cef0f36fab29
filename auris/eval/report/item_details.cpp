#include "auris/eval/report/item_details.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "auris/eval/metrics/error_rate.h"
#include "auris/eval/score/metric_parts.h"
#include "auris/eval/score/overall.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

bool has(const data::TaskVariant& variant, data::Metric metric) {
  return std::find(variant.metrics.begin(), variant.metrics.end(), metric) != variant.metrics.end();
}

std::string joined(const std::vector<std::string_view>& units, size_t begin, size_t end, bool phones) {
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    if (!text.empty() && !phones) text += ' ';
    text += units[i];
  }
  return text;
}

Verdict verdict_of(const GroupScore& score) {
  Verdict verdict{.points = points_of(score).value_or(std::numeric_limits<double>::quiet_NaN())};
  const MetricValue* metric = score.metrics.empty() ? nullptr : &score.metrics.front();
  if (score.missing > 0) {
    verdict.text = "no answer";
  } else if (score.empty > 0) {
    verdict.text = "empty";
  } else if (metric == nullptr || std::isnan(verdict.points)) {
    verdict.text = "not scored";
  } else if (abstention_of(score) > 0.5) {
    verdict.text = metric->metric == "accuracy" ? "abstained" : "no number";
  } else if (verdict.points >= 99.999) {
    verdict = {.kind = VerdictKind::kRight, .text = "right", .points = verdict.points};
  } else if (metric->metric == "accuracy") {
    verdict = {.kind = VerdictKind::kWrong, .text = "wrong", .points = verdict.points};
  } else {
    const bool percent =
        metric->metric.ends_with("er") || metric->metric.ends_with("f1") || metric->metric == "rouge_l";
    verdict.kind = verdict.points < 50 ? VerdictKind::kWrong : VerdictKind::kOdd;
    verdict.text = percent ? fmt::format("{} {:.0f} %", metric->metric, 100 * metric->value)
                           : fmt::format("{} {:.1f}", metric->metric, metric->value);
  }
  return verdict;
}

}  // namespace

Verdict verdict_of(const AnsweredItem& answered) {
  // One item has no interval, so that nothing is resampled.
  return verdict_of(score({answered}).front());
}

nlohmann::ordered_json alignment(std::string_view reference, std::string_view text, std::string_view language,
                                 bool phones) {
  const std::string valid_reference = text::to_valid_utf8(reference), valid_text = text::to_valid_utf8(text);
  const std::string wanted = phones ? valid_reference : normalized_words(valid_reference, language);
  const std::string said = phones ? valid_text : normalized_words(valid_text, language);
  ErrorCounter counter(phones ? ErrorUnit::kPhone : ErrorUnit::kWord);
  const AlignedPair pair = counter.align(wanted, said);
  nlohmann::ordered_json spans = nlohmann::ordered_json::array();
  for (const EditSpan& span : pair.spans) {
    const std::string before = joined(pair.reference, span.reference_begin, span.reference_end, phones);
    const std::string after = joined(pair.hypothesis, span.hypothesis_begin, span.hypothesis_end, phones);
    switch (span.kind) {
      case EditKind::kHit: spans.push_back({"=", after}); break;
      case EditKind::kSubstitution: spans.push_back({"s", before, after}); break;
      case EditKind::kDeletion: spans.push_back({"d", before}); break;
      case EditKind::kInsertion: spans.push_back({"i", after}); break;
    }
  }
  return spans;
}

nlohmann::ordered_json answer_alignment(const AnsweredItem& answered) {
  const data::TaskVariant& variant = data::task_named(answered.item.task).variant(answered.item.variant);
  const bool phones = has(variant, data::Metric::kPhoneErrorRate);
  if (!answered.answer || (!phones && !has(variant, data::Metric::kWordErrorRate))) return nullptr;
  return alignment(answered.item.answer, *answered.answer, answered.item.language, phones);
}

}  // namespace auris::eval
