// Scores as LLaSO's released scripts give them (metrics/llaso.h).
#include "auris/eval/metrics/llaso.h"
#include "auris/eval/score/metric_parts.h"

namespace auris::eval {
namespace {

using data::Metric;
using Details = std::map<std::string, double>;
using Items = std::vector<CorpusItem>;

std::vector<LlasoItem> llaso_items(const Group& group) {
  std::vector<LlasoItem> items;
  for (size_t i = 0; i < group.items.size(); ++i) {
    items.push_back({group.items[i].item.answer, group.answers[i]});
  }
  return items;
}

Items error_rate_items(const std::vector<LlasoItem>& items, ErrorUnit unit) {
  Items parts;
  for (const LlasoItem& item : items) {
    const EditCounts edits = llaso_error_rate({&item, 1}, unit).edits;
    parts.push_back({static_cast<double>(edits.errors()), static_cast<double>(edits.reference_length())});
  }
  return parts;
}

Items accuracy_items(const std::vector<LlasoItem>& items, Details& details) {
  std::vector<std::string_view> truths;
  truths.reserve(items.size());
  for (const LlasoItem& item : items) truths.push_back(item.truth);
  const LlasoLabels labels(truths);
  Items parts;
  double abstained = 0;
  for (const LlasoItem& item : items) {
    parts.push_back({labels.correct(item.truth, item.answer) ? 1.0 : 0.0, 1.0});
    abstained += labels.abstains(item.answer) ? 1 : 0;
  }
  details["abstained"] = abstained / static_cast<double>(items.size());
  return parts;
}

template <class Sums>
Items number_items(const std::vector<LlasoItem>& items, const Sums& sums_of, Details& details) {
  Items parts;
  for (const LlasoItem& item : items) {
    const LlasoNumberSums sums = sums_of(std::span(&item, 1));
    parts.push_back({sums.error, static_cast<double>(sums.read)});
  }
  details["coverage"] = sums_of(std::span(items)).coverage().value_or(0);
  return parts;
}

}  // namespace

std::optional<MetricParts> llaso_parts(Metric metric, const Group& group, Details& details) {
  const std::vector<LlasoItem> items = llaso_items(group);
  switch (metric) {
    case Metric::kWordErrorRate: return error_rate_items(items, ErrorUnit::kWord);
    case Metric::kCharacterErrorRate: return error_rate_items(items, ErrorUnit::kCharacter);
    case Metric::kPhoneErrorRate: return llaso_phone_items(items);
    case Metric::kAccuracy: return accuracy_items(items, details);
    case Metric::kMeanAbsoluteError:
      if (group.task.id == "age") return number_items(items, llaso_age_sums, details);
      if (group.task.id == "pitch_prediction") return number_items(items, llaso_pitch_sums, details);
      break;
    case Metric::kTagF1:
    case Metric::kSlotF1:
    case Metric::kScoreError:
    case Metric::kBleu:
    case Metric::kChrf:
    case Metric::kRougeL:
    case Metric::kJudge: break;
  }
  return std::nullopt;
}

}  // namespace auris::eval
