#include "auris/eval/metrics/error_rate.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/thread_pool.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

constexpr size_t kPairsPerJob = 2048;

int64_t jobs_for(size_t pairs) { return static_cast<int64_t>((pairs + kPairsPerJob - 1) / kPairsPerJob); }

void check_lengths(size_t references, size_t hypotheses) {
  if (references == hypotheses) return;
  throw Error(ErrorCode::kUsage,
              {.where = "error rate",
               .expected = fmt::format("a hypothesis for each of {} references", references),
               .got = fmt::format("{}", hypotheses),
               .hint = ""});
}

// count(counter, pair) of all pairs; those of one job in order, on one thread.
template <class Count>
ErrorRateSums sum_of_jobs(size_t pairs, ErrorUnit unit, const Count& count) {
  std::vector<ErrorRateSums> sums(static_cast<size_t>(jobs_for(pairs)));
  parallel_for(std::ssize(sums), [&](int64_t job) {
    ErrorCounter counter(unit);
    const size_t begin = static_cast<size_t>(job) * kPairsPerJob;
    for (size_t pair = begin; pair < std::min(pairs, begin + kPairsPerJob); ++pair) {
      sums[static_cast<size_t>(job)] += sums_of(count(counter, pair));
    }
  });
  ErrorRateSums all;
  for (const ErrorRateSums& sum : sums) all += sum;
  return all;
}

// Letters that belong to the one before them: combining marks, and raised or lengthening signs.
bool continues_phone(char32_t code) {
  constexpr char32_t kStress = 0x02C8, kSecondStress = 0x02CC;
  const bool mark = code >= 0x0300 && code <= 0x036F;
  const bool modifier = (code >= 0x02B0 && code <= 0x02FF) || (code >= 0x1D2C && code <= 0x1D6A);
  const bool raised = code == 0x207F;  // superscript n
  return mark || raised || (modifier && code != kStress && code != kSecondStress);
}

bool ties_to_next(char32_t code) { return code == 0x0361 || code == 0x035C; }

bool is_no_phone(char32_t code) {
  return text::is_white_space(code) || code == 0x02C8 || code == 0x02CC || code == U'.' || code == U'|' ||
         code == 0x2016;
}

void split_phones(std::string_view text, std::vector<std::string_view>& phones) {
  bool tied = false;
  bool open = false;  // the last phone can go on
  for (size_t at = 0; at < text.size();) {
    const text::Utf8Part part = text::utf8_part(text, at);
    if (is_no_phone(part.code)) {
      open = tied = false;
    } else if (open && (tied || continues_phone(part.code))) {
      phones.back() = {phones.back().data(), phones.back().size() + part.length};
      tied = ties_to_next(part.code);
    } else {
      phones.push_back(text.substr(at, part.length));
      open = true;
      tied = false;
    }
    at += part.length;
  }
}

}  // namespace

ErrorRateSums& ErrorRateSums::operator+=(const ErrorRateSums& other) {
  edits += other.edits;
  pairs += other.pairs;
  empty_references += other.empty_references;
  empty_hypotheses += other.empty_hypotheses;
  runaway_hypotheses += other.runaway_hypotheses;
  return *this;
}

std::optional<double> ErrorRateSums::rate() const {
  if (edits.reference_length() == 0) return std::nullopt;
  return static_cast<double>(edits.errors()) / static_cast<double>(edits.reference_length());
}

ErrorRateSums sums_of(const EditCounts& edits) {
  const bool no_reference = edits.reference_length() == 0;
  const bool no_hypothesis = edits.hypothesis_length() == 0;
  return {.edits = edits,
          .pairs = 1,
          .empty_references = no_reference ? 1 : 0,
          .empty_hypotheses = no_hypothesis && !no_reference ? 1 : 0,
          .runaway_hypotheses = edits.errors() > 0 && edits.errors() >= edits.reference_length() ? 1 : 0};
}

void split_units(std::string_view text, ErrorUnit unit, std::vector<std::string_view>& units) {
  switch (unit) {
    case ErrorUnit::kWord: return split_words(text, units);
    case ErrorUnit::kCharacter: return split_characters(stripped(text), units);
    case ErrorUnit::kPhone: return split_phones(text, units);
  }
}

void ErrorCounter::number(std::string_view reference, std::string_view hypothesis) {
  reference_.clear();
  hypothesis_.clear();
  split_units(reference, unit_, reference_);
  split_units(hypothesis, unit_, hypothesis_);
  numbers_.number(reference_, hypothesis_);
}

EditCounts ErrorCounter::count(std::string_view reference, std::string_view hypothesis) {
  number(reference, hypothesis);
  return aligner_.count(numbers_.reference(), numbers_.hypothesis());
}

AlignedPair ErrorCounter::align(std::string_view reference, std::string_view hypothesis) {
  number(reference, hypothesis);
  return {reference_, hypothesis_, aligner_.align(numbers_.reference(), numbers_.hypothesis())};
}

EditCounts ErrorCounter::append(std::string_view reference, std::string_view hypothesis,
                                std::vector<EditSpan>& spans) {
  number(reference, hypothesis);
  return aligner_.append(numbers_.reference(), numbers_.hypothesis(), spans);
}

AlignedCorpus::AlignedCorpus(std::span<const std::string_view> references,
                             std::span<const std::string_view> hypotheses, ErrorUnit unit)
    : size_(references.size()) {
  check_lengths(references.size(), hypotheses.size());
  parts_.resize(static_cast<size_t>(jobs_for(references.size())));
  sums_ = sum_of_jobs(references.size(), unit, [&](ErrorCounter& counter, size_t pair) {
    Part& part = parts_[pair / kPairsPerJob];
    const EditCounts counts = counter.append(references[pair], hypotheses[pair], part.spans);
    part.ends.push_back(part.spans.size());
    return counts;
  });
}

std::span<const EditSpan> AlignedCorpus::spans(size_t pair) const {
  const Part& part = parts_.at(pair / kPairsPerJob);
  const size_t place = pair % kPairsPerJob;
  const size_t begin = place == 0 ? 0 : part.ends.at(place - 1);
  return std::span(part.spans).subspan(begin, part.ends.at(place) - begin);
}

ErrorRateSums error_rate(std::span<const std::string_view> references,
                         std::span<const std::string_view> hypotheses, ErrorUnit unit) {
  check_lengths(references.size(), hypotheses.size());
  return sum_of_jobs(references.size(), unit, [&](ErrorCounter& counter, size_t pair) {
    return counter.count(references[pair], hypotheses[pair]);
  });
}

}  // namespace auris::eval
