#include "auris/eval/metrics/error_rate.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using nlohmann::json;
using Texts = std::vector<std::string_view>;

Texts units(std::string_view text, ErrorUnit unit) {
  Texts parts;
  split_units(text, unit, parts);
  return parts;
}

EditCounts counts_of(const json& golden) {
  return {.hits = golden[0], .substitutions = golden[1], .deletions = golden[2], .insertions = golden[3]};
}

// tools/reference/dump_metrics.py
TEST(ErrorRate, EqualsJiwer) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/metrics/error_rates.json");
  const json golden = json::parse(file);
  ErrorCounter words(ErrorUnit::kWord), characters(ErrorUnit::kCharacter);
  std::vector<std::string> references, hypotheses;
  for (const json& pair : golden["pairs"]) {
    references.push_back(pair["reference"]);
    hypotheses.push_back(pair["hypothesis"]);
    EXPECT_EQ(words.count(references.back(), hypotheses.back()), counts_of(pair["words"])) << pair.dump();
    EXPECT_EQ(characters.count(references.back(), hypotheses.back()), counts_of(pair["characters"]))
        << pair.dump();
  }
  ASSERT_GT(references.size(), 100u);
  const Texts r(references.begin(), references.end()), h(hypotheses.begin(), hypotheses.end());
  EXPECT_EQ(error_rate(r, h, ErrorUnit::kWord).rate(), golden["wer"].get<double>());
  EXPECT_EQ(error_rate(r, h, ErrorUnit::kCharacter).rate(), golden["cer"].get<double>());
}

// The hypothesis is never the denominator.
TEST(ErrorRate, OrderOfArguments) {
  ErrorCounter counter(ErrorUnit::kWord);
  EXPECT_EQ(counter.count("a b c d", "a b"), (EditCounts{.hits = 2, .deletions = 2}));
  EXPECT_EQ(counter.count("a b", "a b c d"), (EditCounts{.hits = 2, .insertions = 2}));
  EXPECT_EQ(sums_of(counter.count("a b c d", "a b")).rate(), 0.5);
  EXPECT_EQ(sums_of(counter.count("a b", "a b c d")).rate(), 1.0);
}

TEST(ErrorRate, EmptyTextsAreCountedAndNeverDropped) {
  const ErrorRateSums sums = error_rate(Texts{"", "one two", "", "one two", "one two"},
                                        Texts{"", "", "one", "one two", "three four five"}, ErrorUnit::kWord);
  EXPECT_EQ(sums.pairs, 5);
  EXPECT_EQ(sums.empty_references, 2);
  EXPECT_EQ(sums.empty_hypotheses, 1);
  EXPECT_EQ(sums.runaway_hypotheses, 3);
  EXPECT_EQ(sums.edits, (EditCounts{.hits = 2, .substitutions = 2, .deletions = 2, .insertions = 2}));
  EXPECT_EQ(sums.rate(), 1.0);
  EXPECT_EQ(error_rate(Texts{""}, Texts{"one"}, ErrorUnit::kWord).rate(), std::nullopt);
  EXPECT_EQ(error_rate({}, {}, ErrorUnit::kWord).rate(), std::nullopt);
}

TEST(ErrorRate, ListsOfDifferentLengthAreAnError) {
  EXPECT_THROW(error_rate(Texts{"a"}, Texts{}, ErrorUnit::kWord), Error);
}

TEST(ErrorRate, WordsAndCharacters) {
  EXPECT_EQ(units(" one\ttwo\u00a0three\n\u3000", ErrorUnit::kWord), (Texts{"one", "two", "three"}));
  EXPECT_EQ(units(" a\u00e9 \U0001f600 ", ErrorUnit::kCharacter), (Texts{"a", "\u00e9", " ", "\U0001f600"}));
  EXPECT_EQ(units("a\xff\xe9"
                  "b",
                  ErrorUnit::kCharacter),
            (Texts{"a", "\xff", "\xe9", "b"}));
  EXPECT_TRUE(units(" \t ", ErrorUnit::kCharacter).empty());
}

// Letters with their diacritics, length and tie bars; no stress, blanks or syllables.
TEST(ErrorRate, Phones) {
  EXPECT_EQ(units("h\u0259\u02c8lo\u028a w\u025c\u02d0ld", ErrorUnit::kPhone),
            (Texts{"h", "\u0259", "l", "o", "\u028a", "w", "\u025c\u02d0", "l", "d"}));
  EXPECT_EQ(units("t\u0361\u0283i\u02d0z \u0254\u0303.p\u02b0", ErrorUnit::kPhone),
            (Texts{"t\u0361\u0283", "i\u02d0", "z", "\u0254\u0303", "p\u02b0"}));
  EXPECT_EQ(units("\u02d0a \u0303b", ErrorUnit::kPhone), (Texts{"\u02d0", "a", "\u0303", "b"}));
  ErrorCounter counter(ErrorUnit::kPhone);
  EXPECT_EQ(counter.count("\u02c8t\u0361\u0283i\u02d0z", "t\u0283iz"),
            (EditCounts{.hits = 1, .substitutions = 2, .insertions = 1}));
}

TEST(ErrorRate, AlignedWords) {
  ErrorCounter counter(ErrorUnit::kWord);
  const AlignedPair pair = counter.align("please enter your password", "please center a new password");
  EXPECT_EQ(pair.reference.size(), 4u);
  const std::vector<EditSpan> expected = {{EditKind::kHit, 0, 1, 0, 1},
                                          {EditKind::kInsertion, 1, 1, 1, 2},
                                          {EditKind::kSubstitution, 1, 3, 2, 4},
                                          {EditKind::kHit, 3, 4, 4, 5}};
  EXPECT_EQ(pair.spans, expected);
}

// More pairs than one job aligns.
TEST(ErrorRate, AlignedCorpusEqualsItsPairs) {
  const Texts some = {"a b c d", "x", "", "b c", "one two three four five", "d c b a"};
  Texts references, hypotheses;
  for (size_t i = 0; i < 5000; ++i) {
    references.push_back(some[i % some.size()]);
    hypotheses.push_back(some[(i / some.size() + i) % some.size()]);
  }
  const AlignedCorpus corpus(references, hypotheses, ErrorUnit::kWord);
  ASSERT_EQ(corpus.size(), references.size());
  EXPECT_EQ(corpus.sums().edits, error_rate(references, hypotheses, ErrorUnit::kWord).edits);
  EXPECT_EQ(corpus.sums().pairs, 5000);
  ErrorCounter counter(ErrorUnit::kWord);
  for (size_t i = 0; i < references.size(); ++i) {
    const std::vector<EditSpan> expected = counter.align(references[i], hypotheses[i]).spans;
    const std::span<const EditSpan> spans = corpus.spans(i);
    ASSERT_EQ(std::vector<EditSpan>(spans.begin(), spans.end()), expected) << i;
  }
  EXPECT_EQ(AlignedCorpus({}, {}, ErrorUnit::kWord).size(), 0u);
  EXPECT_THROW(AlignedCorpus(references, {}, ErrorUnit::kWord), Error);
}

}  // namespace
}  // namespace auris::eval
