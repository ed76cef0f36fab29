#pragma once
// The alignment with the fewest substitutions, deletions and insertions that turns a reference into a
// hypothesis (Levenshtein 1966), by the bit-parallel method of Myers (1999) and Hyyrö (2003): 64 cells of a
// row at a time.
//
// Several alignments can be equally short. The one chosen is that of rapidfuzz, on which jiwer builds (common
// begin and end first; then, from the end, a deletion before an insertion before a match), so counts of each
// kind of error equal jiwer's. Only sequences whose table would be larger than kWholeTableBytes are cut in
// two (Hirschberg 1975): still as few errors, but possibly others.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace auris::eval {

struct EditCounts {
  int64_t hits = 0;
  int64_t substitutions = 0;
  int64_t deletions = 0;   // in the reference only
  int64_t insertions = 0;  // in the hypothesis only

  int64_t errors() const { return substitutions + deletions + insertions; }
  int64_t reference_length() const { return hits + substitutions + deletions; }
  int64_t hypothesis_length() const { return hits + substitutions + insertions; }
  EditCounts& operator+=(const EditCounts& other);
  bool operator==(const EditCounts&) const = default;
};

enum class EditKind : uint8_t { kHit, kSubstitution, kDeletion, kInsertion };

// A run of one kind: reference [reference_begin, reference_end) beside hypothesis [hypothesis_begin,
// hypothesis_end).
struct EditSpan {
  EditKind kind = EditKind::kHit;
  size_t reference_begin = 0, reference_end = 0;
  size_t hypothesis_begin = 0, hypothesis_end = 0;
  bool operator==(const EditSpan&) const = default;
};

// Symbols are numbers: those of the reference in 0 .. its length - 1 (symbol_numbers.h makes them so), any
// others in the hypothesis. Reuses its memory from one call to the next: keep one per thread.
class EditAligner {
 public:
  static constexpr size_t kWholeTableBytes = 1 << 20;

  EditCounts count(std::span<const int32_t> reference, std::span<const int32_t> hypothesis);
  // Runs in order, covering both sequences; neighbours differ in kind.
  std::vector<EditSpan> align(std::span<const int32_t> reference, std::span<const int32_t> hypothesis);
  // The same, appended to `spans`; its counts.
  EditCounts append(std::span<const int32_t> reference, std::span<const int32_t> hypothesis,
                    std::vector<EditSpan>& spans);

 private:
  using Word = uint64_t;
  using Symbols = std::span<const int32_t>;
  struct Edit {  // of one symbol; hits are not kept
    EditKind kind = EditKind::kSubstitution;
    size_t reference = 0, hypothesis = 0;
  };
  struct Place {  // where a part begins
    size_t reference = 0, hypothesis = 0;
  };

  EditCounts counts(size_t reference_length) const;
  void find_edits(Symbols reference, Symbols hypothesis, Place place);
  void add_run(EditKind kind, Place place, size_t count);
  void set_matches(Symbols reference);
  const Word* matches_of(int32_t symbol);
  void fill_rows(Symbols hypothesis, bool keep);
  void trace_back(Symbols reference, Symbols hypothesis, Place place);
  std::vector<int64_t> distances(Symbols reference, Symbols hypothesis);
  void split(Symbols reference, Symbols hypothesis, Place place);

  size_t words_ = 0;                  // 64 symbols of the reference each
  size_t symbols_ = 0;                // different numbers in the reference, at most
  bool listed_ = false;               // places are in lists instead of the table
  std::vector<Word> matches_;         // [symbol][word]: where in the reference the symbol stands
  std::vector<size_t> first_, next_;  // [symbol], [place]
  std::vector<Word> row_;
  std::vector<Word>
      plus_;  // [hypothesis row or 0][word]: the cell is one more than its neighbour for a symbol less
  std::vector<Word> minus_;  // one less
  std::vector<Edit> edits_;  // in order
};

}  // namespace auris::eval
