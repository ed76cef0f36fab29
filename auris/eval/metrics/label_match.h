#pragma once
// Which label of a closed set an answer names. Names and aliases are found at word boundaries (Unicode), in
// any case, with blanks, dashes and low lines alike; where several could begin, the longest is taken and what
// it covers counts no more: "Northern Irish" is not "Irish", "non-native" is not "native" (also where only
// "native" is a label), "female" is not "male". Denials are not understood: "not male" names "male".
//
// An answer that names no label, or several different ones, abstains.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/data/tasks/task.h"
#include "auris/eval/metrics/corpus_item.h"
#include "auris/eval/metrics/folded_text.h"

namespace auris::eval {

// Labels are numbered as they were given. Reuses its memory from answer to answer: one per thread.
class LabelMatcher {
 public:
  // kUsage if a name or alias is empty or belongs to two labels.
  explicit LabelMatcher(std::span<const data::Label> labels);

  size_t label_count() const { return label_count_; }
  // The one label that the answer names; nothing if it abstains.
  std::optional<size_t> match(std::string_view answer);
  // All that it names, each once, in rising order.
  std::vector<size_t> all(std::string_view answer);
  // The label with this name or alias, given alone (punctuation at the ends aside): for references.
  std::optional<size_t> label_of(std::string_view name) const;

 private:
  struct Name {
    std::string text;  // folded
    size_t label = 0;
  };
  const Name* longest_at(size_t place) const;
  // found(label) for each name in the answer, until it returns false.
  template <class Found>
  void each_name(std::string_view answer, const Found& found);

  size_t label_count_ = 0;
  std::vector<Name> names_;  // sorted by text
  FoldedText folded_;
};

// What answers with labels add up to.
class LabelSums {
 public:
  explicit LabelSums(size_t label_count = 0);

  // `answer`: nothing for an abstention. kUsage for labels there are not.
  void add(size_t truth, std::optional<size_t> answer);
  // kUsage if both have labels and not the same number.
  LabelSums& operator+=(const LabelSums& other);

  size_t label_count() const { return label_count_; }
  // Items of label `truth` that were answered with `answer`.
  int64_t count(size_t truth, std::optional<size_t> answer) const;
  int64_t items() const;
  int64_t items_of(size_t truth) const;
  int64_t correct() const;
  int64_t abstained() const;

  // Nothing without items. Abstentions are not correct.
  std::optional<double> accuracy() const;
  // The mean over labels that occur of the share of their items that are correct.
  std::optional<double> macro_accuracy() const;
  std::optional<double> abstention_rate() const;

  bool operator==(const LabelSums&) const = default;

 private:
  size_t label_count_ = 0;
  std::vector<int64_t> counts_;  // [truth][answer, or label_count_ for an abstention]
};

// Of one item: 1 or 0 over 1.
CorpusItem accuracy_item(size_t truth, std::optional<size_t> answer);
CorpusItem abstention_item(std::optional<size_t> answer);

}  // namespace auris::eval
