#include "auris/engine/answer_scores.h"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/engine/prompt_rows.h"
#include "auris/engine/score.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/weights/catalog.h"
#include "tests/source_folder.h"

namespace auris::engine {
namespace {

constexpr const char* kSentence =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

std::filesystem::path golden_folder() {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "audio_llm";
}

// Prompt and answer in one pass without a cache, the end of the turn read from the last row.
double end_logprob(const LanguageModel& model, processor::ModelInput input,
                   const std::vector<text::TokenId>& tokens) {
  input.ids.insert(input.ids.end(), tokens.begin(), tokens.end());
  const auto last = static_cast<int32_t>(input.rows() - 1);
  const Tensor hidden = model.llama->forward(PromptRows(model, input).rows(0, input.rows()), input.layout(),
                                             {.cache = nullptr, .rows = std::span(&last, 1), .observer = {}});
  const Tensor logprobs = ops::log_softmax(model.llama->logits(hidden));
  double sum = 0;
  for (text::TokenId id : model.end_of_turn) sum += std::exp(logprobs.data<float>()[id]);
  return std::log(sum);
}

void compare(const LanguageModel& model, const processor::ModelInput& prompt, const ScoreRequest& request,
             const std::vector<std::string>& answers, double tolerance) {
  const std::vector<AnswerScore> scores = score_answers(model, prompt, answers);
  ASSERT_EQ(scores.size(), answers.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    SCOPED_TRACE(answers[i]);
    ScoreRequest one = request;
    one.continuation = answers[i];
    const Score alone = score(model, one);
    EXPECT_EQ(scores[i].tokens, alone.tokens);
    EXPECT_NEAR(scores[i].logprob, alone.sum, tolerance);
    EXPECT_NEAR(scores[i].end_logprob, end_logprob(model, prompt, alone.tokens), tolerance);
  }
}

TEST(AnswerScores, AsEachAnswerByItself) {
  const auto model =
      load_language_model(weights::Catalog::load().resolve("smollm2-135m-instruct"), "smollm2");
  const std::string question = "Which city is the capital of France? Choose one: Rome, Paris, Madrid.";
  std::vector<std::string> answers = {"Paris", "Rome", "Madrid",
                                      "the city of Paris, which lies on the Seine"};
  for (int i = 0; i < 16; ++i) answers.push_back("answer number " + std::to_string(i));  // several passes
  const ScoreRequest request{.prompt = question, .continuation = "", .use_template = true};
  // Q4_1 weights: rows in another company are rounded otherwise.
  compare(*model, model->prompt_of({{"user", question}}), request, answers, 0.02);
  const auto scores = score_answers(*model, model->prompt_of({{"user", question}}), answers);
  EXPECT_GT(scores[0].logprob + scores[0].end_logprob, scores[1].logprob + scores[1].end_logprob);
}

TEST(AnswerScores, BehindARecording) {
  const auto clip = std::make_shared<const audio::AudioClip>(audio::decode_audio(kSentence));
  for (const char* name : {"llaso", "ultravox", "qwen2-audio"}) {
    SCOPED_TRACE(name);
    const auto model = load_language_model(golden_folder() / name, name);
    const ScoreRequest request{
        .prompt = "Who?\n<audio>", .continuation = "", .use_template = true, .audio = {clip}};
    const processor::Message turn =
        processor::turn_with_marks(processor::Role::kUser, request.prompt, request.audio);
    compare(*model, model->processor->prepare(std::span(&turn, 1)), request,
            {"female", "male", "a b c d e f"}, 1e-4);
  }
}

TEST(AnswerScores, WhatCannotBeScored) {
  const auto model = load_language_model(golden_folder() / "ultravox", "ultravox");
  const processor::ModelInput prompt = model->processor->prepare_raw("Who?");
  EXPECT_TRUE(score_answers(*model, prompt, {}).empty());
  const std::vector<std::string> empty = {"a", ""}, one = {"a"};
  EXPECT_THROW(score_answers(*model, prompt, empty), Error);
  EXPECT_THROW(score_answers(*model, {}, one), Error);
  processor::ModelInput full;
  full.ids.assign(static_cast<size_t>(model->llama->config().context_length), prompt.ids.front());
  EXPECT_THROW(score_answers(*model, full, one), Error);
}

}  // namespace
}  // namespace auris::engine
