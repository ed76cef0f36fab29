#include "auris/eval/score/group_metrics.h"

#include <charconv>

#include "auris/eval/metrics/bleu.h"
#include "auris/eval/metrics/chrf.h"
#include "auris/eval/metrics/error_rate.h"
#include "auris/eval/metrics/label_match.h"
#include "auris/eval/metrics/number_answer.h"
#include "auris/eval/metrics/pronunciation_scores.h"
#include "auris/eval/metrics/rouge.h"
#include "auris/eval/metrics/slots.h"
#include "auris/eval/metrics/tag_score.h"
#include "auris/text/whisper_normalizer.h"

namespace auris::eval {
namespace {

using data::Metric;
using Details = std::map<std::string, double>;

MetricValue value_of(Metric metric, const BootstrapEstimate& estimate) {
  return {.metric = std::string(data::name_of(metric)),
          .value = estimate.value,
          .interval = estimate.interval,
          .blocks = estimate.blocks};
}

MetricValue ratio_metric(Metric metric, const Group& group, const std::vector<CorpusItem>& items,
                         const BootstrapOptions& options) {
  return value_of(metric, bootstrap(items, group.blocks, options));
}

// English numbers and contractions are unified in English only; an item without a language is taken for
// English, as the answers to spoken instructions are.
std::string normalized(const std::string& text, const std::string& language) {
  static const text::EnglishNormalizer english;
  return language.empty() || language == "en" ? english(text) : text::normalize_basic(text);
}

// All references of an item.
std::vector<std::string_view> references_of(const data::Item& item) {
  std::vector<std::string_view> references{item.answer};
  references.insert(references.end(), item.references.begin(), item.references.end());
  return references;
}

MetricValue error_rate_metric(Metric metric, const Group& group, const BootstrapOptions& options,
                              Details& details) {
  const ErrorUnit unit = metric == Metric::kWordErrorRate        ? ErrorUnit::kWord
                         : metric == Metric::kCharacterErrorRate ? ErrorUnit::kCharacter
                                                                 : ErrorUnit::kPhone;
  ErrorCounter counter(unit);
  std::vector<CorpusItem> items;
  ErrorRateSums all;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const data::Item& item = group.items[i].item;
    const bool phones = metric == Metric::kPhoneErrorRate;
    const std::string reference = phones ? item.answer : normalized(item.answer, item.language);
    const std::string answer = phones ? group.answers[i] : normalized(group.answers[i], item.language);
    const ErrorRateSums sums = sums_of(counter.count(reference, answer));
    items.push_back(
        {static_cast<double>(sums.edits.errors()), static_cast<double>(sums.edits.reference_length())});
    all += sums;
  }
  if (const auto units = static_cast<double>(all.edits.reference_length());
      unit != ErrorUnit::kCharacter && units > 0) {
    details["insertions"] = static_cast<double>(all.edits.insertions) / units;
    details["deletions"] = static_cast<double>(all.edits.deletions) / units;
    details["substitutions"] = static_cast<double>(all.edits.substitutions) / units;
    details["hallucinated"] =
        static_cast<double>(all.runaway_hypotheses - all.empty_hypotheses) / static_cast<double>(all.pairs);
  }
  return ratio_metric(metric, group, items, options);
}

MetricValue accuracy_metric(const Group& group, const BootstrapOptions& options, Details& details) {
  LabelMatcher matcher(group.variant.labels);
  LabelSums sums(matcher.label_count());
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const std::optional<size_t> truth = matcher.label_of(group.items[i].item.answer);
    const std::optional<size_t> answer = matcher.match(group.answers[i]);
    if (truth) sums.add(*truth, answer);
    items.push_back({truth && truth == answer ? 1.0 : 0.0, 1.0});
  }
  details["abstained"] = sums.abstention_rate().value_or(0);
  details["macro_accuracy"] = sums.macro_accuracy().value_or(0);
  return ratio_metric(Metric::kAccuracy, group, items, options);
}

MetricValue tag_metric(const Group& group, const BootstrapOptions& options, Details& details) {
  LabelMatcher matcher(group.variant.labels);
  TagSums sums(matcher.label_count());
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const std::vector<size_t> truth = matcher.all(group.items[i].item.answer),
                              answer = matcher.all(group.answers[i]);
    items.push_back(sums.add(truth, answer).f1_item());
  }
  details["macro_f1"] = sums.macro_f1().value_or(0);
  return ratio_metric(Metric::kTagF1, group, items, options);
}

double number_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The error of answers alone would reward giving none: all items count, those without a number with the
// largest error.
MetricValue number_metric(const Group& group, const BootstrapOptions& options, Details& details) {
  const NumberRange range{.minimum = group.variant.minimum, .maximum = group.variant.maximum};
  NumberSums all;
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const NumberSums sums =
        number_sums(number_of(group.items[i].item.answer), number_in(group.answers[i], range), range);
    items.push_back(sums.penalised_item());
    all += sums;
  }
  details["coverage"] = all.coverage().value_or(0);
  details["mae_of_answers"] = all.mean_absolute_error().value_or(0);
  return ratio_metric(Metric::kMeanAbsoluteError, group, items, options);
}

MetricValue score_metric(const Group& group, const BootstrapOptions& options, Details& details) {
  PronunciationSums all;
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const PronunciationSums sums = pronunciation_sums(group.items[i].item.answer, group.answers[i]);
    items.push_back(sums.scores.penalised_item());
    all += sums;
  }
  details["coverage"] = all.scores.coverage().value_or(0);
  return ratio_metric(Metric::kScoreError, group, items, options);
}

MetricValue slot_metric(const Group& group, const BootstrapOptions& options, Details& details) {
  SlotSums all;
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const SlotSums sums = slot_sums(group.items[i].item.answer, group.answers[i]);
    items.push_back(sums.f1_item());
    all += sums;
  }
  details["type_f1"] = all.type_f1().value_or(0);
  return ratio_metric(Metric::kSlotF1, group, items, options);
}

template <class Sums, class Make>
MetricValue sums_metric(Metric metric, const Group& group, const BootstrapOptions& options,
                        const Make& make) {
  std::vector<Sums> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    items.push_back(make(group.answers[i], references_of(group.items[i].item)));
  }
  const auto score = [](const Sums& sum) { return sum.score(); };
  return value_of(metric, bootstrap<Sums>(items, score, group.blocks, options));
}

MetricValue rouge_metric(const Group& group, const BootstrapOptions& options) {
  std::vector<CorpusItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    double best = 0;
    for (std::string_view reference : references_of(group.items[i].item)) {
      best = std::max(best, rouge_l(reference, group.answers[i]).f);
    }
    items.push_back({best, 1});
  }
  return ratio_metric(Metric::kRougeL, group, items, options);
}

}  // namespace

MetricValue group_metric(Metric metric, const Group& group, const BootstrapOptions& options,
                         Details& details) {
  switch (metric) {
    case Metric::kWordErrorRate:
    case Metric::kCharacterErrorRate:
    case Metric::kPhoneErrorRate: return error_rate_metric(metric, group, options, details);
    case Metric::kAccuracy: return accuracy_metric(group, options, details);
    case Metric::kTagF1: return tag_metric(group, options, details);
    case Metric::kMeanAbsoluteError: return number_metric(group, options, details);
    case Metric::kSlotF1: return slot_metric(group, options, details);
    case Metric::kScoreError: return score_metric(group, options, details);
    case Metric::kBleu:
      return sums_metric<BleuSums>(metric, group, options, [](const auto& said, const auto& references) {
        return bleu_sums(said, references);
      });
    case Metric::kChrf:
      return sums_metric<ChrfSums>(metric, group, options, [](const auto& said, const auto& references) {
        return chrf_sums(said, references);
      });
    case Metric::kRougeL: return rouge_metric(group, options);
    case Metric::kJudge: break;
  }
  return {};
}

}  // namespace auris::eval
