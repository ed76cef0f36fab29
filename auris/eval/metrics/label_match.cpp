#include "auris/eval/metrics/label_match.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

// Whether the text before `place` ends in the word "non".
bool follows_non(const FoldedText& folded, size_t place) {
  constexpr std::string_view kNon = "non ";
  if (place < kNon.size()) return false;
  const size_t begin = place - kNon.size();
  return std::string_view(folded.text).substr(begin, kNon.size()) == kNon && folded.breaks_at(begin);
}

}  // namespace

LabelMatcher::LabelMatcher(std::span<const data::Label> labels) : label_count_(labels.size()) {
  auto add = [&](std::string_view name, size_t label) {
    fold(name, folded_);
    if (folded_.text.empty()) {
      throw Error(
          ErrorCode::kUsage,
          {.where = "labels", .expected = "names and aliases with letters", .got = quoted(name), .hint = ""});
    }
    names_.push_back({folded_.text, label});
  };
  for (size_t i = 0; i < labels.size(); ++i) {
    add(labels[i].name, i);
    for (const std::string& alias : labels[i].aliases) add(alias, i);
  }
  std::sort(names_.begin(), names_.end(), [](const Name& a, const Name& b) { return a.text < b.text; });
  for (size_t i = 1; i < names_.size(); ++i) {
    if (names_[i].text != names_[i - 1].text || names_[i].label == names_[i - 1].label) continue;
    throw Error(ErrorCode::kUsage, {.where = "labels",
                                    .expected = "every name and alias for one label only",
                                    .got = quoted(names_[i].text) + " twice",
                                    .hint = "case, blanks and dashes make no difference"});
  }
  names_.erase(std::unique(names_.begin(), names_.end(),
                           [](const Name& a, const Name& b) { return a.text == b.text; }),
               names_.end());
}

// Narrows the sorted names byte by byte: at most as many steps as the longest name has bytes.
const LabelMatcher::Name* LabelMatcher::longest_at(size_t place) const {
  const Name* longest = nullptr;
  auto begin = names_.begin();
  auto end = names_.end();
  for (size_t i = 0; begin != end; ++i) {
    if (begin->text.size() == i) {
      if (folded_.breaks_at(place + i)) longest = &*begin;
      ++begin;
    }
    if (place + i >= folded_.text.size()) break;
    const auto byte = static_cast<unsigned char>(folded_.text[place + i]);
    auto before = [i](const Name& name, unsigned char b) {
      return static_cast<unsigned char>(name.text[i]) < b;
    };
    auto behind = [i](unsigned char b, const Name& name) {
      return b < static_cast<unsigned char>(name.text[i]);
    };
    begin = std::lower_bound(begin, end, byte, before);
    end = std::upper_bound(begin, end, byte, behind);
  }
  return longest;
}

template <class Found>
void LabelMatcher::each_name(std::string_view answer, const Found& found) {
  fold(answer, folded_);
  for (size_t place = 0; place < folded_.text.size();) {
    const Name* name = folded_.breaks_at(place) ? longest_at(place) : nullptr;
    if (name == nullptr) {
      ++place;
      continue;
    }
    if (!follows_non(folded_, place) && !found(name->label)) return;
    place += name->text.size();
  }
}

std::optional<size_t> LabelMatcher::match(std::string_view answer) {
  std::optional<size_t> named;
  bool several = false;
  each_name(answer, [&](size_t label) {
    several = named.has_value() && *named != label;
    named = label;
    return !several;
  });
  return several ? std::nullopt : named;
}

std::vector<size_t> LabelMatcher::all(std::string_view answer) {
  std::vector<bool> seen(label_count_);
  std::vector<size_t> labels;
  each_name(answer, [&](size_t label) {
    if (!seen[label]) labels.push_back(label);
    seen[label] = true;
    return labels.size() < label_count_;
  });
  std::sort(labels.begin(), labels.end());
  return labels;
}

std::optional<size_t> LabelMatcher::label_of(std::string_view name) const {
  auto find = [&](std::string_view text) {
    const auto found =
        std::lower_bound(names_.begin(), names_.end(), text,
                         [](const Name& a, std::string_view b) { return std::string_view(a.text) < b; });
    return found != names_.end() && found->text == text ? std::optional(found->label) : std::nullopt;
  };
  FoldedText folded;
  fold(name, folded);
  const std::optional<size_t> label = find(folded.text);  // as it is, for names such as "30+"
  return label ? label : find(folded_words(name));
}

LabelSums::LabelSums(size_t label_count)
    : label_count_(label_count), counts_(label_count * (label_count + 1)) {}

void LabelSums::add(size_t truth, std::optional<size_t> answer) {
  if (truth >= label_count_ || (answer && *answer >= label_count_)) {
    throw Error(ErrorCode::kUsage, {.where = "labels",
                                    .expected = fmt::format("labels below {}", label_count_),
                                    .got = fmt::format("{} and {}", truth, answer.value_or(0)),
                                    .hint = ""});
  }
  ++counts_[truth * (label_count_ + 1) + answer.value_or(label_count_)];
}

LabelSums& LabelSums::operator+=(const LabelSums& other) {
  if (other.label_count_ == 0) return *this;
  if (label_count_ == 0) return *this = other;
  if (label_count_ != other.label_count_) {
    throw Error(ErrorCode::kUsage, {.where = "labels",
                                    .expected = fmt::format("sums over {} labels", label_count_),
                                    .got = fmt::format("{}", other.label_count_),
                                    .hint = "sums of different label sets do not add up"});
  }
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

int64_t LabelSums::count(size_t truth, std::optional<size_t> answer) const {
  return counts_.at(truth * (label_count_ + 1) + answer.value_or(label_count_));
}

int64_t LabelSums::items() const {
  int64_t items = 0;
  for (int64_t count : counts_) items += count;
  return items;
}

int64_t LabelSums::items_of(size_t truth) const {
  int64_t items = count(truth, std::nullopt);
  for (size_t answer = 0; answer < label_count_; ++answer) items += count(truth, answer);
  return items;
}

int64_t LabelSums::correct() const {
  int64_t items = 0;
  for (size_t label = 0; label < label_count_; ++label) items += count(label, label);
  return items;
}

int64_t LabelSums::abstained() const {
  int64_t items = 0;
  for (size_t truth = 0; truth < label_count_; ++truth) items += count(truth, std::nullopt);
  return items;
}

std::optional<double> LabelSums::accuracy() const {
  const int64_t all = items();
  if (all == 0) return std::nullopt;
  return static_cast<double>(correct()) / static_cast<double>(all);
}

std::optional<double> LabelSums::macro_accuracy() const {
  double sum = 0;
  int64_t occurring = 0;
  for (size_t label = 0; label < label_count_; ++label) {
    const int64_t all = items_of(label);
    if (all == 0) continue;
    sum += static_cast<double>(count(label, label)) / static_cast<double>(all);
    ++occurring;
  }
  if (occurring == 0) return std::nullopt;
  return sum / static_cast<double>(occurring);
}

std::optional<double> LabelSums::abstention_rate() const {
  const int64_t all = items();
  if (all == 0) return std::nullopt;
  return static_cast<double>(abstained()) / static_cast<double>(all);
}

CorpusItem accuracy_item(size_t truth, std::optional<size_t> answer) {
  return {.numerator = answer == truth ? 1.0 : 0.0, .denominator = 1};
}

CorpusItem abstention_item(std::optional<size_t> answer) {
  return {.numerator = answer ? 0.0 : 1.0, .denominator = 1};
}

}  // namespace auris::eval
