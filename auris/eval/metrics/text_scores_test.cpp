// BLEU, chrF and ROUGE-L beside sacrebleu and rouge_score: tools/reference/dump_metrics.py.
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/eval/metrics/bleu.h"
#include "auris/eval/metrics/chrf.h"
#include "auris/eval/metrics/rouge.h"
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using nlohmann::json;
using Texts = std::vector<std::string_view>;

struct Item {
  std::string hypothesis;
  std::vector<std::string> references;
  json golden;

  Texts all() const { return {references.begin(), references.end()}; }
  Texts first() const { return {references.front()}; }
};

const json& golden() {
  static const json file = [] {
    std::ifstream stream(AURIS_SOURCE_DIR "/tests/golden/metrics/text_scores.json");
    return json::parse(stream);
  }();
  return file;
}

const std::vector<Item>& items() {
  static const std::vector<Item> all = [] {
    std::vector<Item> made;
    for (const json& item : golden()["items"]) {
      made.push_back({item["hypothesis"], item["references"].get<std::vector<std::string>>(), item});
    }
    return made;
  }();
  return all;
}

const std::map<std::string, BleuTokens> kTokens = {{"13a", BleuTokens::k13a},
                                                   {"intl", BleuTokens::kInternational},
                                                   {"zh", BleuTokens::kChinese},
                                                   {"char", BleuTokens::kCharacters},
                                                   {"none", BleuTokens::kNone}};

TEST(Bleu, TokensEqualSacrebleus) {
  ASSERT_GT(items().size(), 50u);
  for (const Item& item : items()) {
    for (const auto& [name, tokens] : kTokens) {
      EXPECT_EQ(bleu_tokens(item.references.front(), {.tokens = tokens}),
                item.golden["tokens"][name].get<std::vector<std::string>>())
          << name;
    }
  }
}

TEST(Bleu, EqualsSacrebleu) {
  std::map<std::string, BleuSums> sums;
  BleuSums lower;
  for (const Item& item : items()) {
    for (const auto& [name, tokens] : kTokens) {
      sums[name] += bleu_sums(item.hypothesis, item.all(), {.tokens = tokens});
    }
    lower += bleu_sums(item.hypothesis, item.first(), {.lower_case = true});
    EXPECT_NEAR(bleu_sums(item.hypothesis, item.all()).sentence_score(), item.golden["bleu"].get<double>(),
                1e-9)
        << item.golden.dump();
  }
  for (const auto& [name, sum] : sums) {
    EXPECT_NEAR(sum.score(), golden()["bleu"][name].get<double>(), 1e-9) << name;
  }
  EXPECT_NEAR(lower.score(), golden()["bleu_lower"].get<double>(), 1e-9);
}

TEST(Chrf, EqualsSacrebleu) {
  ChrfSums sum, plus, lower;
  for (const Item& item : items()) {
    const ChrfSums alone = chrf_sums(item.hypothesis, item.all());
    sum += alone;
    plus += chrf_sums(item.hypothesis, item.all(), {.word_order = 2});
    lower += chrf_sums(item.hypothesis, item.first(), {.lower_case = true});
    EXPECT_NEAR(alone.score(), item.golden["chrf"].get<double>(), 1e-9) << item.golden.dump();
    EXPECT_NEAR(chrf_sums(item.hypothesis, item.first(), {.word_order = 2}).score(),
                item.golden["chrf++"].get<double>(), 1e-9)
        << item.golden.dump();
  }
  EXPECT_NEAR(sum.score(), golden()["chrf"].get<double>(), 1e-9);
  EXPECT_NEAR(plus.score(), golden()["chrf++"].get<double>(), 1e-9);
  EXPECT_NEAR(lower.score(), golden()["chrf_lower"].get<double>(), 1e-9);
}

TEST(Rouge, EqualsRougeScore) {
  for (const Item& item : items()) {
    const RougeScore score = rouge_l(item.references.front(), item.hypothesis, RougeWords::kAscii);
    EXPECT_NEAR(score.precision, item.golden["rouge"][0].get<double>(), 1e-12) << item.golden.dump();
    EXPECT_NEAR(score.recall, item.golden["rouge"][1].get<double>(), 1e-12);
    EXPECT_NEAR(score.f, item.golden["rouge"][2].get<double>(), 1e-12);
  }
}

TEST(Rouge, KnowsEveryScript) {
  EXPECT_EQ(rouge_words("Где ты, 42-й?"), (std::vector<std::string>{"где", "ты", "42", "й"}));
  EXPECT_EQ(rouge_l("где ты был", "где он был").f, 2.0 / 3);
  EXPECT_EQ(rouge_l("где ты был", "где он был", RougeWords::kAscii).f, 0);
}

TEST(TextScores, NothingSaidScoresNothing) {
  const Texts reference{"one two"};
  EXPECT_EQ(bleu_sums("", reference).score(), 0);
  EXPECT_EQ(bleu_sums("", reference).sentence_score(), 0);
  EXPECT_EQ(chrf_sums("", reference).score(), 0);
  EXPECT_EQ(rouge_l("one two", "").f, 0);
  EXPECT_NEAR(bleu_sums("\xff one two three four", Texts{"\xfe one two three four"}).sentence_score(), 100,
              1e-9);
}

TEST(TextScores, RefuseWhatMakesNoSense) {
  EXPECT_THROW(bleu_sums("a", {}), Error);
  EXPECT_THROW(chrf_sums("a", {}), Error);
  EXPECT_THROW(chrf_sums("a", Texts{"a"}, {.word_order = 3}), Error);
}

}  // namespace
}  // namespace auris::eval
