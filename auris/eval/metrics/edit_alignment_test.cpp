#include "auris/eval/metrics/edit_alignment.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/rng.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using nlohmann::json;

// Wagner and Fischer's table, cell by cell.
int64_t plain_distance(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  std::vector<int64_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int64_t diagonal = row[0];
    row[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int64_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// The spans must cover both sequences in order, and be what they are called.
void expect_alignment(const std::vector<EditSpan>& spans, const std::vector<int32_t>& reference,
                      const std::vector<int32_t>& hypothesis, int64_t distance) {
  size_t r = 0, h = 0;
  int64_t errors = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    const EditSpan& span = spans[i];
    ASSERT_EQ(span.reference_begin, r);
    ASSERT_EQ(span.hypothesis_begin, h);
    ASSERT_TRUE(i == 0 || span.kind != spans[i - 1].kind);
    const size_t references = span.reference_end - r, hypotheses = span.hypothesis_end - h;
    ASSERT_EQ(references == 0, span.kind == EditKind::kInsertion);
    ASSERT_EQ(hypotheses == 0, span.kind == EditKind::kDeletion);
    if (references > 0 && hypotheses > 0) {
      ASSERT_EQ(references, hypotheses);
      for (size_t k = 0; k < references; ++k) {
        ASSERT_EQ(reference[r + k] == hypothesis[h + k], span.kind == EditKind::kHit);
      }
    }
    if (span.kind != EditKind::kHit) errors += static_cast<int64_t>(std::max(references, hypotheses));
    r = span.reference_end;
    h = span.hypothesis_end;
  }
  ASSERT_EQ(r, reference.size());
  ASSERT_EQ(h, hypothesis.size());
  ASSERT_EQ(errors, distance);
}

// A sequence of `length` symbols below `symbols`, and a copy with about `damage` of its places changed.
struct RandomPair {
  RandomPair(Rng& rng, size_t length, int32_t symbols, double damage) {
    auto any = [&] { return static_cast<int32_t>(rng.uniform() * symbols); };
    for (size_t i = 0; i < length; ++i) reference.push_back(any());
    for (int32_t symbol : reference) {
      const double u = rng.uniform() / damage;
      if (u > 0.3) hypothesis.push_back(u < 0.6 ? any() : symbol);
      if (u > 0.6 && u < 1) hypothesis.push_back(any() - 1);  // -1: not in the reference
    }
  }
  std::vector<int32_t> reference, hypothesis;
};

TEST(EditAlignment, ShortestOnRandomPairs) {
  Rng rng(1);
  EditAligner aligner;
  for (int round = 0; round < 3000; ++round) {
    const auto length = static_cast<size_t>(rng.uniform() * (round % 10 == 0 ? 300 : 70));
    RandomPair pair(rng, length, 1 + static_cast<int32_t>(rng.uniform() * 40), 0.05 + rng.uniform());
    const int64_t distance = plain_distance(pair.reference, pair.hypothesis);
    const EditCounts counts = aligner.count(pair.reference, pair.hypothesis);
    ASSERT_EQ(counts.errors(), distance);
    ASSERT_EQ(counts.reference_length(), std::ssize(pair.reference));
    ASSERT_EQ(counts.hypothesis_length(), std::ssize(pair.hypothesis));
    expect_alignment(aligner.align(pair.reference, pair.hypothesis), pair.reference, pair.hypothesis,
                     distance);
  }
}

TEST(EditAlignment, LongPairsAreCutInTwo) {
  Rng rng(2);
  EditAligner aligner;
  for (int32_t symbols : {4, 3000}) {  // few: a table of places; many: lists
    RandomPair pair(rng, 5000, symbols, 0.3);
    const int64_t distance = plain_distance(pair.reference, pair.hypothesis);
    EXPECT_EQ(aligner.count(pair.reference, pair.hypothesis).errors(), distance);
    expect_alignment(aligner.align(pair.reference, pair.hypothesis), pair.reference, pair.hypothesis,
                     distance);
  }
}

TEST(EditAlignment, ManyRareSymbolsAreListed) {
  Rng rng(3);
  std::vector<int32_t> reference(20000);
  for (size_t i = 0; i < reference.size(); ++i) reference[i] = static_cast<int32_t>(i);
  std::vector<int32_t> hypothesis = reference;
  std::swap(hypothesis[0], hypothesis[19999]);
  std::swap(hypothesis[7000], hypothesis[7001]);
  EditAligner aligner;
  EXPECT_EQ(aligner.count(reference, hypothesis).errors(), 4);
}

// tools/reference/dump_metrics.py: runs of edits as rapidfuzz finds them, which jiwer counts.
TEST(EditAlignment, EqualsRapidfuzz) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/metrics/alignments.json");
  const json cases = json::parse(file);
  ASSERT_GT(cases.size(), 100u);
  EditAligner aligner;
  for (const json& entry : cases) {
    const auto reference = entry["reference"].get<std::vector<int32_t>>();
    const auto hypothesis = entry["hypothesis"].get<std::vector<int32_t>>();
    std::vector<EditSpan> expected;
    for (const json& run : entry["runs"]) {
      const std::string kind = run[0];
      expected.push_back({kind == "equal"     ? EditKind::kHit
                          : kind == "replace" ? EditKind::kSubstitution
                          : kind == "delete"  ? EditKind::kDeletion
                                              : EditKind::kInsertion,
                          run[1], run[2], run[3], run[4]});
    }
    EXPECT_EQ(aligner.align(reference, hypothesis), expected) << entry.dump();
  }
}

}  // namespace
}  // namespace auris::eval
