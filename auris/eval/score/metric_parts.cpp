#include "auris/eval/score/metric_parts.h"

#include <algorithm>
#include <charconv>

#include "auris/base/error.h"
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
using Items = std::vector<CorpusItem>;

// All references of an item.
std::vector<std::string_view> references_of(const data::Item& item) {
  std::vector<std::string_view> references{item.answer};
  references.insert(references.end(), item.references.begin(), item.references.end());
  return references;
}

Items error_rate_metric(Metric metric, const Group& group, Details& details) {
  const ErrorUnit unit = metric == Metric::kWordErrorRate        ? ErrorUnit::kWord
                         : metric == Metric::kCharacterErrorRate ? ErrorUnit::kCharacter
                                                                 : ErrorUnit::kPhone;
  ErrorCounter counter(unit);
  Items items;
  ErrorRateSums all;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const data::Item& item = group.items[i].item;
    const bool phones = metric == Metric::kPhoneErrorRate;
    const std::string reference = phones ? item.answer : normalized_words(item.answer, item.language);
    const std::string answer = phones ? group.answers[i] : normalized_words(group.answers[i], item.language);
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
  return items;
}

Items accuracy_metric(const Group& group, Details& details) {
  LabelMatcher matcher(group.variant.labels);
  LabelSums sums(matcher.label_count());
  Items items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const std::optional<size_t> truth = matcher.label_of(group.items[i].item.answer);
    const std::optional<size_t> answer = matcher.match(group.answers[i]);
    if (truth) sums.add(*truth, answer);
    items.push_back({truth && truth == answer ? 1.0 : 0.0, 1.0});
  }
  details["abstained"] = sums.abstention_rate().value_or(0);
  details["macro_accuracy"] = sums.macro_accuracy().value_or(0);
  return items;
}

Items tag_metric(const Group& group, Details& details) {
  LabelMatcher matcher(group.variant.labels);
  TagSums sums(matcher.label_count());
  Items items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const std::vector<size_t> truth = matcher.all(group.items[i].item.answer),
                              answer = matcher.all(group.answers[i]);
    items.push_back(sums.add(truth, answer).f1_item());
  }
  details["macro_f1"] = sums.macro_f1().value_or(0);
  return items;
}

double number_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The error of answers alone would reward giving none: all items count, those without a number with the
// largest error.
Items number_metric(const Group& group, Details& details) {
  const NumberRange range{.minimum = group.variant.minimum, .maximum = group.variant.maximum};
  NumberSums all;
  Items items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const NumberSums sums =
        number_sums(number_of(group.items[i].item.answer), number_in(group.answers[i], range), range);
    items.push_back(sums.penalised_item());
    all += sums;
  }
  details["coverage"] = all.coverage().value_or(0);
  details["mae_of_answers"] = all.mean_absolute_error().value_or(0);
  return items;
}

Items score_metric(const Group& group, Details& details) {
  PronunciationSums all;
  Items items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const PronunciationSums sums = pronunciation_sums(group.items[i].item.answer, group.answers[i]);
    items.push_back(sums.scores.penalised_item());
    all += sums;
  }
  details["coverage"] = all.scores.coverage().value_or(0);
  return items;
}

Items slot_metric(const Group& group, Details& details) {
  SlotSums all;
  Items items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    const SlotSums sums = slot_sums(group.items[i].item.answer, group.answers[i]);
    items.push_back(sums.f1_item());
    all += sums;
  }
  details["type_f1"] = all.type_f1().value_or(0);
  return items;
}

template <class Make>
auto sums_of_items(const Group& group, const Make& make) {
  std::vector<decltype(make(group.answers[0], references_of(group.items[0].item)))> sums;
  for (size_t i = 0; i < group.items.size(); ++i) {
    sums.push_back(make(group.answers[i], references_of(group.items[i].item)));
  }
  return sums;
}

Items rouge_metric(const Group& group) {
  Items items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    double best = 0;
    for (std::string_view reference : references_of(group.items[i].item)) {
      best = std::max(best, rouge_l(reference, group.answers[i]).f);
    }
    items.push_back({best, 1});
  }
  return items;
}

// A missing answer is worth nothing; one that was not judged does not count.
std::optional<MetricParts> judge_metric(const Group& group, Details& details) {
  Items items;
  int64_t judged = 0;
  for (const AnsweredItem& item : group.items) {
    judged += item.judged ? 1 : 0;
    items.push_back({item.judged.value_or(0), item.judged || !item.answer ? 1.0 : 0.0});
  }
  if (judged == 0) return std::nullopt;
  details["judged"] = static_cast<double>(judged) / static_cast<double>(group.items.size());
  return items;
}

double score_of(const CorpusItem& sum) { return ratio(sum); }
double score_of(const BleuSums& sum) { return sum.score(); }
double score_of(const ChrfSums& sum) { return sum.score(); }
constexpr auto kScoreOf = [](const auto& sum) { return score_of(sum); };

}  // namespace

std::string normalized_words(std::string_view text, std::string_view language) {
  static const text::EnglishNormalizer english;
  return language.empty() || language == "en" ? english(text) : text::normalize_basic(text);
}

std::optional<MetricParts> metric_parts(Metric metric, const Group& group, ScoreMode mode, Details& details) {
  if (mode == ScoreMode::kLlaso) return llaso_parts(metric, group, details);
  switch (metric) {
    case Metric::kWordErrorRate:
    case Metric::kCharacterErrorRate:
    case Metric::kPhoneErrorRate: return error_rate_metric(metric, group, details);
    case Metric::kAccuracy: return accuracy_metric(group, details);
    case Metric::kTagF1: return tag_metric(group, details);
    case Metric::kMeanAbsoluteError: return number_metric(group, details);
    case Metric::kSlotF1: return slot_metric(group, details);
    case Metric::kScoreError: return score_metric(group, details);
    case Metric::kBleu:
      return sums_of_items(
          group, [](const std::string& said, const auto& references) { return bleu_sums(said, references); });
    case Metric::kChrf:
      return sums_of_items(
          group, [](const std::string& said, const auto& references) { return chrf_sums(said, references); });
    case Metric::kRougeL: return rouge_metric(group);
    case Metric::kJudge: return judge_metric(group, details);
  }
  return std::nullopt;
}

double value_of(const MetricParts& parts, std::span<const size_t> items) {
  return std::visit(
      [&](const auto& sums) {
        typename std::decay_t<decltype(sums)>::value_type sum;
        for (size_t item : items) sum += sums[item];
        return score_of(sum);
      },
      parts);
}

MetricValue estimate(Metric metric, const MetricParts& parts, std::span<const int64_t> blocks,
                     const BootstrapOptions& options) {
  const BootstrapEstimate estimate = std::visit(
      [&](const auto& sums) { return bootstrap(std::span(sums), kScoreOf, blocks, options); }, parts);
  return {.metric = std::string(data::name_of(metric)),
          .value = estimate.value,
          .interval = estimate.interval,
          .blocks = estimate.blocks};
}

PairedEstimate compare_parts(const MetricParts& first, const MetricParts& second,
                             std::span<const int64_t> blocks, const BootstrapOptions& options) {
  return std::visit(
      [&](const auto& sums) {
        const auto* other = std::get_if<std::decay_t<decltype(sums)>>(&second);
        if (other == nullptr) {
          throw Error(ErrorCode::kUsage, {.where = "comparison",
                                          .expected = "two systems under one metric",
                                          .got = "two metrics",
                                          .hint = ""});
        }
        return paired_bootstrap(std::span(sums), std::span(*other), kScoreOf, blocks, options);
      },
      first);
}

}  // namespace auris::eval
