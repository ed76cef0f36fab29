#include "auris/eval/statistics/mapsswe.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/eval/statistics/normal.h"

namespace auris::eval {
namespace {

// Errors of one alignment by place: [2 * i] inserted before unit i of the reference, [2 * i + 1] that unit
// wrong.
std::vector<int64_t> errors_by_place(std::span<const EditSpan> spans) {
  const size_t length = spans.empty() ? 0 : spans.back().reference_end;
  std::vector<int64_t> errors(2 * length + 1);
  for (const EditSpan& span : spans) {
    if (span.kind == EditKind::kHit) continue;
    if (span.kind == EditKind::kInsertion) {
      errors[2 * span.reference_begin] += static_cast<int64_t>(span.hypothesis_end - span.hypothesis_begin);
      continue;
    }
    for (size_t i = span.reference_begin; i < span.reference_end; ++i) ++errors[2 * i + 1];
  }
  return errors;
}

}  // namespace

void MatchedPairsTest::close(int64_t first_errors, int64_t second_errors) {
  const int64_t difference = first_errors - second_errors;
  ++segments_;
  first_errors_ += first_errors;
  second_errors_ += second_errors;
  squares_ += difference * difference;
}

void MatchedPairsTest::add(std::span<const EditSpan> first, std::span<const EditSpan> second) {
  const std::vector<int64_t> a = errors_by_place(first);
  const std::vector<int64_t> b = errors_by_place(second);
  if (a.size() != b.size()) {
    throw Error(ErrorCode::kUsage,
                {.where = "matched pairs",
                 .expected = "two alignments with one reference",
                 .got = fmt::format("references of {} and {} units", a.size() / 2, b.size() / 2),
                 .hint = "normalise the reference alike for both systems"});
  }
  int64_t first_errors = 0, second_errors = 0, clean = 0;
  for (size_t place = 0; place < a.size(); ++place) {
    const bool unit = place % 2 == 1;
    if (a[place] + b[place] > 0) {
      first_errors += a[place];
      second_errors += b[place];
      clean = 0;
    } else if (unit && ++clean == clean_units_ && first_errors + second_errors > 0) {
      close(first_errors, second_errors);
      first_errors = second_errors = 0;
    }
  }
  if (first_errors + second_errors > 0) close(first_errors, second_errors);
}

MatchedPairsTest& MatchedPairsTest::operator+=(const MatchedPairsTest& other) {
  segments_ += other.segments_;
  first_errors_ += other.first_errors_;
  second_errors_ += other.second_errors_;
  squares_ += other.squares_;
  return *this;
}

MatchedPairs MatchedPairsTest::result() const {
  MatchedPairs pairs{.segments = segments_, .first_errors = first_errors_, .second_errors = second_errors_};
  if (segments_ == 0) return pairs;
  const auto count = static_cast<double>(segments_);
  const auto sum = static_cast<double>(first_errors_ - second_errors_);
  pairs.mean_difference = sum / count;
  const double spread = static_cast<double>(squares_) - sum * pairs.mean_difference;
  // Integers divided: what is left of equal differences is rounding.
  if (segments_ < 2 || spread <= 1e-9 * static_cast<double>(squares_)) return pairs;
  pairs.deviation = std::sqrt(spread / (count - 1));
  pairs.z = pairs.mean_difference / (pairs.deviation / std::sqrt(count));
  pairs.p = two_sided_p(pairs.z);
  return pairs;
}

}  // namespace auris::eval
