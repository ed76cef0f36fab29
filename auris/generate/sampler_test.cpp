#include "auris/generate/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "tests/source_folder.h"

namespace auris::generate {
namespace {

using Json = nlohmann::json;

const Json& golden() {
  static const Json data =
      Json::parse(std::ifstream(std::string(AURIS_SOURCE_DIR) + "/tests/golden/generate/sampling.json"));
  return data;
}

SamplingOptions options_from(const Json& json) {
  SamplingOptions options;
  options.temperature = json.value("temperature", 1.0f);
  options.top_k = json.value("top_k", 0);
  options.top_p = json.value("top_p", 1.0f);
  options.min_p = json.value("min_p", 0.0f);
  options.repetition_penalty = json.value("repetition_penalty", 1.0f);
  options.frequency_penalty = json.value("frequency_penalty", 0.0f);
  options.presence_penalty = json.value("presence_penalty", 0.0f);
  options.suppressed = json.value("suppressed", std::vector<TokenId>());
  options.logit_bias = json.value("logit_bias", std::vector<std::pair<TokenId, float>>());
  return options;
}

std::vector<float> row(size_t index) { return golden()["logits"][index].get<std::vector<float>>(); }

TEST(Sampler, DistributionsAreThoseOfTransformers) {
  int64_t vocab = golden()["vocab_size"];
  ASSERT_EQ(golden()["cases"].size(), 78u);
  for (const Json& item : golden()["cases"]) {
    Sampler sampler(options_from(item[1]), vocab);
    sampler.add_prompt(golden()["prompt"].get<std::vector<TokenId>>());
    for (TokenId token : golden()["generated"].get<std::vector<TokenId>>()) sampler.accept(token);
    std::vector<Candidate> got = sampler.distribution(row(item[0]));
    std::map<TokenId, double> want;
    for (const Json& pair : item[2]) want[pair[0]] = pair[1];
    double sum = 0;
    for (const Candidate& candidate : got) {
      sum += candidate.value;
      ASSERT_TRUE(want.contains(candidate.id) || candidate.value < 1e-37f)
          << item[0] << item[1] << candidate.id;
      EXPECT_NEAR(candidate.value, want[candidate.id], 2e-5 * want[candidate.id] + 1e-30)
          << item[0] << item[1];
      want.erase(candidate.id);
    }
    for (const auto& [id, probability] : want) EXPECT_LT(probability, 1e-37) << item[0] << item[1] << id;
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

TEST(Sampler, LogprobsAreThoseOfTheModel) {
  std::vector<double> want = golden()["logprobs"][0].get<std::vector<double>>();
  std::vector<float> logits = row(0);
  Sampler sampler({.temperature = 2, .top_k = 3, .suppressed = {5}, .top_logprobs = 4}, 300);
  Choice choice = sampler.choose(logits);
  EXPECT_NEAR(choice.logprob, want[static_cast<size_t>(choice.id)], 1e-5);
  std::vector<size_t> order(want.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return want[a] > want[b]; });
  ASSERT_EQ(choice.top.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(choice.top[i].id, static_cast<TokenId>(order[i]));
    EXPECT_NEAR(choice.top[i].value, want[order[i]], 1e-5);
  }
}

TEST(Sampler, GreedyTakesTheLowestOfEqualTokens) {
  for (size_t size : {1u, 15u, 16u, 17u, 1000u, 49152u}) {
    std::vector<float> logits(size, -1.0f);
    Sampler sampler({}, static_cast<int64_t>(size));
    EXPECT_EQ(sampler.choose(logits).id, 0);
    logits[size - 1] = 2;
    EXPECT_EQ(sampler.choose(logits).id, static_cast<TokenId>(size - 1));
    logits[size / 2] = 2;
    EXPECT_EQ(sampler.choose(logits).id, static_cast<TokenId>(size / 2));
    logits[0] = std::numeric_limits<float>::quiet_NaN();
    if (size > 1) {
      EXPECT_EQ(sampler.choose(logits).id, static_cast<TokenId>(size / 2));
    }
  }
}

TEST(Sampler, GreedyObeysPenaltiesAndSuppression) {
  std::vector<float> logits = {1, 3, 2.9f, 0};
  Sampler penalized({.repetition_penalty = 2}, 4);
  EXPECT_EQ(penalized.choose(logits).id, 1);
  penalized.add_prompt(std::vector<TokenId>{1, -1, 99});
  EXPECT_EQ(penalized.choose(logits).id, 2);
  EXPECT_EQ(Sampler({.suppressed = {1, 2}}, 4).choose(logits).id, 0);
  EXPECT_EQ(Sampler({.logit_bias = {{3, 10.0f}}}, 4).choose(logits).id, 3);
  EXPECT_EQ(logits[1], 3);  // the caller's logits stay
}

TEST(Sampler, SeedsReproduce) {
  std::vector<float> logits = row(0);
  auto run = [&](uint64_t seed) {
    Sampler sampler({.temperature = 1.5f, .top_p = 0.95f, .seed = seed}, 300);
    std::vector<TokenId> out(50);
    for (TokenId& id : out) id = sampler.choose(logits).id;
    return out;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(Sampler, DrawsWithTheRightFrequencies) {
  std::vector<float> logits(100, -10.0f);
  logits[3] = std::log(0.5f), logits[50] = std::log(0.3f), logits[99] = std::log(0.2f);
  Sampler sampler({.temperature = 1, .min_p = 0.01f, .seed = 7}, 100);
  std::map<TokenId, int> counts;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) ++counts[sampler.choose(logits).id];
  EXPECT_EQ(counts.size(), 3u);
  // Six standard deviations of a binomial count.
  EXPECT_NEAR(counts[3], kDraws * 0.5, 6 * std::sqrt(kDraws * 0.25));
  EXPECT_NEAR(counts[50], kDraws * 0.3, 6 * std::sqrt(kDraws * 0.21));
  EXPECT_NEAR(counts[99], kDraws * 0.2, 6 * std::sqrt(kDraws * 0.16));
}

TEST(Sampler, KthLargestOfALargeVocabulary) {
  Rng rng(3);
  std::vector<float> logits(50257);
  for (float& logit : logits) logit = static_cast<float>(rng.normal()) * 5;
  std::vector<float> sorted = logits;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  for (size_t k : {1u, 2u, 40u, 1000u, 50257u}) EXPECT_EQ(kth_largest(logits, k), sorted[k - 1]) << k;
  double sum = 0;
  for (float logit : logits) sum += std::exp(static_cast<double>(logit) - sorted[0]);
  EXPECT_NEAR(sum_exp(logits, sorted[0], 1) / sum, 1, 1e-6);
}

TEST(Sampler, RefusesBadOptionsAndLogits) {
  for (const SamplingOptions& options : {SamplingOptions{.temperature = -1},
                                         {.temperature = NAN},
                                         {.top_k = -1},
                                         {.top_p = 0},
                                         {.top_p = 1.1f},
                                         {.min_p = -0.1f},
                                         {.repetition_penalty = 0},
                                         {.frequency_penalty = INFINITY},
                                         {.presence_penalty = NAN},
                                         {.logit_bias = {{4, 1.0f}}},
                                         {.suppressed = {-1}},
                                         {.top_logprobs = 5}}) {
    try {
      Sampler sampler(options, 4);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << error.what();
    }
  }
  std::vector<float> nothing(4, -INFINITY), broken(4, NAN), endless = {1, INFINITY, 0, 0};
  for (const auto& logits : {nothing, broken, endless}) {
    for (float temperature : {0.0f, 1.0f}) {
      EXPECT_THROW(Sampler({.temperature = temperature}, 4).choose(logits), Error);
    }
  }
  EXPECT_THROW(Sampler({.suppressed = {0, 1, 2, 3}}, 4).choose(std::vector<float>(4)), Error);
}

}  // namespace
}  // namespace auris::generate
