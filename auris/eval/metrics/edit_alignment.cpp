#include "auris/eval/metrics/edit_alignment.h"

#include <algorithm>
#include <numeric>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

constexpr size_t kWordBits = 64;

// Below these lengths cutting in two is not worth its cost, however long the other sequence is.
constexpr size_t kLeastReferenceToCut = 65;
constexpr size_t kLeastHypothesisToCut = 10;

// A larger table of matches (32 MiB) is replaced by lists of places: many different symbols, each of them
// rare.
constexpr size_t kMatchTableWords = 1 << 22;
constexpr size_t kNowhere = static_cast<size_t>(-1);

bool bit_of(const std::vector<uint64_t>& bits, size_t row_begin, size_t index) {
  return (bits[row_begin + index / kWordBits] >> (index % kWordBits) & 1) != 0;
}

}  // namespace

EditCounts& EditCounts::operator+=(const EditCounts& other) {
  hits += other.hits;
  substitutions += other.substitutions;
  deletions += other.deletions;
  insertions += other.insertions;
  return *this;
}

EditCounts EditAligner::count(Symbols reference, Symbols hypothesis) {
  edits_.clear();
  find_edits(reference, hypothesis, {});
  return counts(reference.size());
}

EditCounts EditAligner::counts(size_t reference_length) const {
  EditCounts counts;
  for (const Edit& edit : edits_) {
    counts.substitutions += edit.kind == EditKind::kSubstitution ? 1 : 0;
    counts.deletions += edit.kind == EditKind::kDeletion ? 1 : 0;
    counts.insertions += edit.kind == EditKind::kInsertion ? 1 : 0;
  }
  counts.hits = static_cast<int64_t>(reference_length) - counts.substitutions - counts.deletions;
  return counts;
}

std::vector<EditSpan> EditAligner::align(Symbols reference, Symbols hypothesis) {
  std::vector<EditSpan> spans;
  append(reference, hypothesis, spans);
  return spans;
}

EditCounts EditAligner::append(Symbols reference, Symbols hypothesis, std::vector<EditSpan>& spans) {
  edits_.clear();
  find_edits(reference, hypothesis, {});
  const size_t first = spans.size();
  Place at;
  auto add = [&](EditKind kind, size_t references, size_t hypotheses) {
    Place end = {at.reference + references, at.hypothesis + hypotheses};
    if (spans.size() > first && spans.back().kind == kind) {
      spans.back().reference_end = end.reference;
      spans.back().hypothesis_end = end.hypothesis;
    } else {
      spans.push_back({kind, at.reference, end.reference, at.hypothesis, end.hypothesis});
    }
    at = end;
  };
  for (const Edit& edit : edits_) {
    const size_t hits = edit.reference - at.reference;
    if (hits > 0) add(EditKind::kHit, hits, hits);
    add(edit.kind, edit.kind == EditKind::kInsertion ? 0 : 1, edit.kind == EditKind::kDeletion ? 0 : 1);
  }
  const size_t hits = reference.size() - at.reference;
  if (hits > 0) add(EditKind::kHit, hits, hits);
  return counts(reference.size());
}

void EditAligner::add_run(EditKind kind, Place place, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    edits_.push_back({kind, place.reference + (kind == EditKind::kDeletion ? i : 0),
                      place.hypothesis + (kind == EditKind::kInsertion ? i : 0)});
  }
}

void EditAligner::find_edits(Symbols reference, Symbols hypothesis, Place place) {
  auto [r, h] = std::mismatch(reference.begin(), reference.end(), hypothesis.begin(), hypothesis.end());
  const auto begin = static_cast<size_t>(r - reference.begin());
  reference = reference.subspan(begin);
  hypothesis = hypothesis.subspan(begin);
  place = {place.reference + begin, place.hypothesis + begin};
  auto [r_end, h_end] =
      std::mismatch(reference.rbegin(), reference.rend(), hypothesis.rbegin(), hypothesis.rend());
  const auto end = static_cast<size_t>(r_end - reference.rbegin());
  reference = reference.first(reference.size() - end);
  hypothesis = hypothesis.first(hypothesis.size() - end);
  if (reference.empty()) return add_run(EditKind::kInsertion, place, hypothesis.size());
  if (hypothesis.empty()) return add_run(EditKind::kDeletion, place, reference.size());
  const size_t table_bytes = 2 * reference.size() * hypothesis.size() / 8;
  if (table_bytes >= kWholeTableBytes && reference.size() >= kLeastReferenceToCut &&
      hypothesis.size() >= kLeastHypothesisToCut) {
    return split(reference, hypothesis, place);
  }
  set_matches(reference);
  fill_rows(hypothesis, true);
  trace_back(reference, hypothesis, place);
}

void EditAligner::set_matches(Symbols reference) {
  words_ = (reference.size() + kWordBits - 1) / kWordBits;
  AURIS_CHECK(*std::min_element(reference.begin(), reference.end()) >= 0);
  symbols_ = static_cast<size_t>(*std::max_element(reference.begin(), reference.end())) + 1;
  listed_ = symbols_ * words_ > kMatchTableWords;
  if (!listed_) {
    matches_.assign(symbols_ * words_, 0);
    for (size_t i = 0; i < reference.size(); ++i) {
      matches_[static_cast<size_t>(reference[i]) * words_ + i / kWordBits] |= Word{1} << (i % kWordBits);
    }
    return;
  }
  first_.assign(symbols_, kNowhere);
  next_.assign(reference.size(), kNowhere);
  for (size_t i = reference.size(); i-- > 0;) {
    next_[i] = first_[static_cast<size_t>(reference[i])];
    first_[static_cast<size_t>(reference[i])] = i;
  }
}

// Where the symbol stands in the reference, words_ words; valid until the next call.
const EditAligner::Word* EditAligner::matches_of(int32_t symbol) {
  const bool known = symbol >= 0 && static_cast<size_t>(symbol) < symbols_;
  if (!listed_ && known) return &matches_[static_cast<size_t>(symbol) * words_];
  row_.assign(words_, 0);
  if (!known) return row_.data();
  for (size_t i = first_[static_cast<size_t>(symbol)]; i != kNowhere; i = next_[i]) {
    row_[i / kWordBits] |= Word{1} << (i % kWordBits);
  }
  return row_.data();
}

// Row after row of the table of distances, as differences between neighbours. With `keep` every row stays,
// otherwise the last one.
void EditAligner::fill_rows(Symbols hypothesis, bool keep) {
  const size_t rows = keep ? hypothesis.size() : 1;
  if (plus_.size() < rows * words_) plus_.resize(rows * words_);
  if (minus_.size() < rows * words_) minus_.resize(rows * words_);
  std::vector<Word>& plus = plus_;
  std::vector<Word>& minus = minus_;
  for (size_t row = 0; row < hypothesis.size(); ++row) {
    const size_t to = keep ? row * words_ : 0;
    const size_t from = keep && row > 0 ? to - words_ : 0;
    const Word* matches = matches_of(hypothesis[row]);
    Word more = 1, less = 0;  // differences to the row above, carried from word to word
    for (size_t word = 0; word < words_; ++word) {
      const Word old_plus = row == 0 ? ~Word{0} : plus[from + word];
      const Word old_minus = row == 0 ? 0 : minus[from + word];
      const Word same = matches[word] | less;
      const Word diagonal = (((same & old_plus) + old_plus) ^ old_plus) | same | old_minus;
      const Word up = old_minus | ~(diagonal | old_plus);
      const Word down = diagonal & old_plus;
      const Word up_shifted = up << 1 | more;
      const Word down_shifted = down << 1 | less;
      more = up >> (kWordBits - 1);
      less = down >> (kWordBits - 1);
      plus[to + word] = down_shifted | ~(diagonal | up_shifted);
      minus[to + word] = up_shifted & diagonal;
    }
  }
}

void EditAligner::trace_back(Symbols reference, Symbols hypothesis, Place place) {
  const size_t first = edits_.size();
  size_t column = reference.size();
  size_t row = hypothesis.size();
  auto add = [&](EditKind kind) {
    edits_.push_back({kind, place.reference + column, place.hypothesis + row});
  };
  while (row > 0 && column > 0) {
    if (bit_of(plus_, (row - 1) * words_, column - 1)) {
      --column;
      add(EditKind::kDeletion);
      continue;
    }
    --row;
    if (row > 0 && bit_of(minus_, (row - 1) * words_, column - 1)) {
      add(EditKind::kInsertion);
      continue;
    }
    --column;
    if (reference[column] != hypothesis[row]) add(EditKind::kSubstitution);
  }
  while (column > 0) {
    --column;
    add(EditKind::kDeletion);
  }
  while (row > 0) {
    --row;
    add(EditKind::kInsertion);
  }
  std::reverse(edits_.begin() + static_cast<std::ptrdiff_t>(first), edits_.end());
}

// Of the hypothesis to every beginning of the reference, 0 symbols to all.
std::vector<int64_t> EditAligner::distances(Symbols reference, Symbols hypothesis) {
  set_matches(reference);
  fill_rows(hypothesis, false);
  std::vector<int64_t> distances = {std::ssize(hypothesis)};
  for (size_t i = 0; i < reference.size(); ++i) {
    const int step = (bit_of(plus_, 0, i) ? 1 : 0) - (bit_of(minus_, 0, i) ? 1 : 0);
    distances.push_back(distances.back() + step);
  }
  return distances;
}

void EditAligner::split(Symbols reference, Symbols hypothesis, Place place) {
  const size_t half = hypothesis.size() / 2;
  const std::vector<int64_t> before = distances(reference, hypothesis.first(half));
  const std::vector<int32_t> reversed(reference.rbegin(), reference.rend());
  const std::vector<int32_t> rest(hypothesis.rbegin(), hypothesis.rend() - static_cast<std::ptrdiff_t>(half));
  const std::vector<int64_t> behind = distances(reversed, rest);
  size_t cut = 0;
  int64_t least = before[0] + behind[reference.size()];
  for (size_t i = 1; i <= reference.size(); ++i) {
    const int64_t sum = before[i] + behind[reference.size() - i];
    if (sum < least) {
      least = sum;
      cut = i;
    }
  }
  find_edits(reference.first(cut), hypothesis.first(half), place);
  find_edits(reference.subspan(cut), hypothesis.subspan(half),
             {place.reference + cut, place.hypothesis + half});
}

}  // namespace auris::eval
