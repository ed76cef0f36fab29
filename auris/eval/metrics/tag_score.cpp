#include "auris/eval/metrics/tag_score.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

std::optional<double> share(int64_t part, int64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<size_t> as_set(std::span<const size_t> labels, size_t label_count) {
  std::vector<size_t> set(labels.begin(), labels.end());
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  if (!set.empty() && set.back() >= label_count) {
    throw Error(ErrorCode::kUsage, {.where = "tags",
                                    .expected = fmt::format("labels below {}", label_count),
                                    .got = fmt::format("{}", set.back()),
                                    .hint = ""});
  }
  return set;
}

}  // namespace

SetCounts& SetCounts::operator+=(const SetCounts& other) {
  hits += other.hits;
  missed += other.missed;
  invented += other.invented;
  return *this;
}

std::optional<double> SetCounts::f1() const { return share(2 * hits, 2 * hits + missed + invented); }
std::optional<double> SetCounts::precision() const { return share(hits, hits + invented); }
std::optional<double> SetCounts::recall() const { return share(hits, hits + missed); }

CorpusItem SetCounts::f1_item() const {
  return {.numerator = static_cast<double>(2 * hits),
          .denominator = static_cast<double>(2 * hits + missed + invented)};
}

TagSums::TagSums(size_t label_count) : labels_(label_count) {}

SetCounts TagSums::add(std::span<const size_t> truth, std::span<const size_t> answer) {
  const std::vector<size_t> wanted = as_set(truth, labels_.size());
  const std::vector<size_t> given = as_set(answer, labels_.size());
  SetCounts item;
  for (size_t label : wanted) {
    const bool hit = std::binary_search(given.begin(), given.end(), label);
    ++(hit ? labels_[label].hits : labels_[label].missed);
    ++(hit ? item.hits : item.missed);
  }
  for (size_t label : given) {
    if (std::binary_search(wanted.begin(), wanted.end(), label)) continue;
    ++labels_[label].invented;
    ++item.invented;
  }
  ++items_;
  if (item.missed == 0 && item.invented == 0) ++exact_items_;
  return item;
}

TagSums& TagSums::operator+=(const TagSums& other) {
  if (other.labels_.empty()) return *this;
  if (labels_.empty()) return *this = other;
  if (labels_.size() != other.labels_.size()) {
    throw Error(ErrorCode::kUsage, {.where = "tags",
                                    .expected = fmt::format("sums over {} labels", labels_.size()),
                                    .got = fmt::format("{}", other.labels_.size()),
                                    .hint = "sums of different label sets do not add up"});
  }
  for (size_t i = 0; i < labels_.size(); ++i) labels_[i] += other.labels_[i];
  items_ += other.items_;
  exact_items_ += other.exact_items_;
  return *this;
}

SetCounts TagSums::all_labels() const {
  SetCounts all;
  for (const SetCounts& label : labels_) all += label;
  return all;
}

std::optional<double> TagSums::macro_f1() const {
  double sum = 0;
  int64_t occurring = 0;
  for (const SetCounts& label : labels_) {
    const std::optional<double> f1 = label.f1();
    if (!f1) continue;
    sum += *f1;
    ++occurring;
  }
  if (occurring == 0) return std::nullopt;
  return sum / static_cast<double>(occurring);
}

}  // namespace auris::eval
