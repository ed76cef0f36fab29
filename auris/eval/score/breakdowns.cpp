#include "auris/eval/score/breakdowns.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include <fmt/format.h>

namespace auris::eval {
namespace {

constexpr std::array<double, 5> kDurationsS = {2, 5, 10, 20, 30};  // 30 s is what Whisper hears at once
constexpr std::array<double, 4> kRatiosDb = {0, 10, 20, 30};

// Parts are put in order by their keys; those that are not known come last.
struct PartKey {
  bool unknown = false;
  size_t order = 0;
  std::string name;
  auto operator<=>(const PartKey&) const = default;  // NOLINT(modernize-use-nullptr): a mistake of version 14
};

PartKey unknown_part() { return {.unknown = true, .order = 0, .name = "unknown"}; }

PartKey named_part(const std::string& name) {
  return name.empty() ? unknown_part() : PartKey{.unknown = false, .order = 0, .name = name};
}

PartKey part_between(std::span<const double> limits, double value, const char* unit) {
  const auto above =
      static_cast<size_t>(std::upper_bound(limits.begin(), limits.end(), value) - limits.begin());
  const std::string name = above == 0 ? fmt::format("below {} {}", limits[0], unit)
                           : above == limits.size()
                               ? fmt::format("{} {} and more", limits.back(), unit)
                               : fmt::format("{}-{} {}", limits[above - 1], limits[above], unit);
  return {.unknown = false, .order = above, .name = name};
}

using KeyOf = std::function<PartKey(const AnsweredItem&)>;

const std::vector<std::pair<std::string, KeyOf>>& all_keys() {
  static const std::vector<std::pair<std::string, KeyOf>> keys = {
      {"duration",
       [](const AnsweredItem& answered) {
         const double duration_s = answered.item.duration_s;
         return duration_s > 0 ? part_between(kDurationsS, duration_s, "s") : unknown_part();
       }},
      {"snr",
       [](const AnsweredItem& answered) {
         return answered.snr_db ? part_between(kRatiosDb, *answered.snr_db, "dB") : unknown_part();
       }},
      {"language", [](const AnsweredItem& answered) { return named_part(answered.item.language); }},
      {"source", [](const AnsweredItem& answered) { return named_part(answered.item.source); }},
      {"speaker", [](const AnsweredItem& answered) { return named_part(answered.item.speaker); }}};
  return keys;
}

}  // namespace

std::vector<Breakdown> breakdowns(const Group& group, data::Metric metric, const MetricParts& parts) {
  std::vector<Breakdown> all;
  for (const auto& [by, key_of] : all_keys()) {
    std::map<PartKey, std::vector<size_t>> items;
    for (size_t i = 0; i < group.items.size(); ++i) items[key_of(group.items[i])].push_back(i);
    if (items.begin()->first.unknown) continue;
    Breakdown breakdown{.by = by, .metric = std::string(data::name_of(metric)), .parts = {}};
    for (const auto& [key, numbers] : items) {
      const auto missing = std::count_if(numbers.begin(), numbers.end(),
                                         [&](size_t i) { return !group.items[i].answer.has_value(); });
      breakdown.parts.push_back({.name = key.name,
                                 .items = std::ssize(numbers),
                                 .missing = missing,
                                 .value = value_of(parts, numbers)});
    }
    all.push_back(std::move(breakdown));
  }
  return all;
}

}  // namespace auris::eval
