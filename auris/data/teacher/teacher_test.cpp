#include "auris/data/teacher/teacher.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/manifest/manifest.h"
#include "auris/engine/score.h"
#include "auris/tensor/float16.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<engine::Engine> engine() {
  static const auto shared = engine::Engine::load();
  return shared;
}

void write_manifest(const fs::path& path, const std::vector<std::string>& texts) {
  ManifestWriter writer(path);
  for (size_t i = 0; i < texts.size(); ++i) {
    Clip clip;
    clip.id = "clip/" + std::to_string(i);
    clip.audio = "a.wav";
    clip.duration_s = 1;
    clip.text = texts[i];
    writer.add(clip);
  }
  writer.commit();
}

const std::vector<std::string> kTexts = {"What is the capital of France?", "", "Tell me about the sea.",
                                         "How many days has a week?"};

std::string all_bytes(const fs::path& folder) {
  std::string all;
  for (const char* name : {"responses.jsonl", "logits.bin", "rejected.jsonl"})
    all += TestFolder::content_of(folder / name) + "\n---\n";
  return all;
}

// All log-probabilities of the rows that an answer's tokens were chosen from, by one pass over prompt and
// answer: [tokens, vocabulary].
Tensor rescored(const std::string& prompt, const std::vector<int32_t>& tokens) {
  const auto model = engine()->language_model();
  processor::ModelInput input = model->prompt_of({{"user", prompt}});
  std::vector<int32_t> rows;
  for (size_t i = 0; i < tokens.size(); ++i) rows.push_back(static_cast<int32_t>(input.ids.size() + i) - 1);
  input.ids.insert(input.ids.end(), tokens.begin(), tokens.end() - 1);
  const Tensor hidden = model->llama->forward(model->llama->embed(input.ids), input.layout(),
                                              {.cache = nullptr, .rows = rows, .observer = {}});
  return ops::log_softmax(model->llama->logits(hidden));
}

TEST(Teacher, CachedLogitsEqualARescoringOfTheAnswer) {
  // Rounding to f16 moves a number by at most 2^-11 of it. The rest is the engine's own: rows run one by one
  // and rows run together add in another order.
  constexpr float kHalf = 1.0f / 2048, kEngine = 2e-3f;
  for (const char* prompt : {"{text}", "Continue the following text using less than 50 words:\n\n{text}"}) {
    const Teacher teacher(engine(), {.prompt = prompt, .top = 16, .max_tokens = 24});
    const std::string text = "What is the capital of France?";
    const TeacherAnswer answer = teacher.answer("x", text);
    const AnswerLogits& logits = answer.logits;
    ASSERT_GT(logits.tokens.size(), 3u);
    std::string asked = prompt;
    asked.replace(asked.find("{text}"), 6, text);
    const Tensor all = rescored(asked, logits.tokens);
    for (size_t token = 0; token < logits.tokens.size(); ++token) {
      const float* row = all.data<float>() + static_cast<int64_t>(token) * all.cols();
      EXPECT_NEAR(logits.token_logprobs[token], row[logits.tokens[token]], kEngine);
      std::vector<float> sorted(row, row + all.cols());
      std::partial_sort(sorted.begin(), sorted.begin() + 16, sorted.end(), std::greater<>());
      for (size_t i = 0; i < 16; ++i) {
        const size_t at = token * 16 + i;
        const float cached = f16_to_f32(logits.top_logprobs[at]);
        EXPECT_NEAR(cached, row[logits.top_ids[at]], kEngine + std::fabs(cached) * kHalf);
        EXPECT_NEAR(cached, sorted[i], kEngine + std::fabs(cached) * kHalf);
      }
      EXPECT_EQ(logits.top_ids[token * 16], logits.tokens[token]);  // greedy
    }
    // And the engine's own score of the text that was written.
    std::vector<int32_t> written = logits.tokens;
    if (answer.finish == "end_of_turn") written.pop_back();
    const engine::Score score = engine::score(
        *engine()->language_model(), {.prompt = asked, .continuation = answer.text, .use_template = true});
    ASSERT_EQ(score.tokens, written);
    for (size_t i = 0; i < written.size(); ++i)
      EXPECT_NEAR(score.logprobs[i], logits.token_logprobs[i], kEngine);
  }
}

TEST(Teacher, SamplesBySeedAndClip) {
  const TeacherOptions options{.top = 2, .max_tokens = 12, .temperature = 1, .seed = 5};
  const Teacher teacher(engine(), options), again(engine(), options);
  const std::string text = "Tell me about the sea.";
  EXPECT_EQ(teacher.answer("a", text).logits, again.answer("a", text).logits);
  EXPECT_NE(teacher.answer("a", text).text, teacher.answer("b", text).text);
  EXPECT_THROW(Teacher(engine(), {.prompt = "no mark"}), Error);
  EXPECT_THROW(Teacher(engine(), {.top = 0}), Error);
  EXPECT_THROW(Teacher(engine(), {.top = 2000}), Error);
}

TEST(Respond, GoesOnAndMakesTheSameBytes) {
  TestFolder folder;
  write_manifest(folder / "m.jsonl", kTexts);
  std::ofstream(folder / "m.jsonl", std::ios::app) << "nonsense\n";
  const Teacher teacher(engine(), {.top = 4, .max_tokens = 8});
  const RespondReport report = respond(folder / "m.jsonl", folder / "whole", teacher);
  EXPECT_EQ(report.clips, 4);
  EXPECT_EQ(report.answers, 3);
  EXPECT_EQ(report.rejected_lines, 1);
  EXPECT_EQ(report.rejected.at("no_text"), 1);
  const ResponseSet set(folder / "whole");
  ASSERT_EQ(set.size(), 3u);
  const Response sea = *set.find("clip/2");
  EXPECT_EQ(sea.row, 1u);
  EXPECT_EQ(set.logits()[sea.row], teacher.answer("clip/2", kTexts[2]).logits);
  EXPECT_EQ(sea.answer, teacher.answer("clip/2", kTexts[2]).text);

  for (int64_t stop : {1, 3}) {
    EXPECT_THROW(respond(folder / "m.jsonl", folder / "cut", teacher,
                         {.progress = [&](int64_t done) { return done < stop; }}),
                 Error);
  }
  // A kill in the middle of a line and of a record.
  std::ofstream(folder / "cut" / "responses.jsonl.part", std::ios::app) << "{\"clip\":\"cl";
  std::ofstream(folder / "cut" / "logits.bin.part", std::ios::app) << "abc";
  EXPECT_THROW(respond(folder / "m.jsonl", folder / "cut", Teacher(engine(), {.top = 5, .max_tokens = 8})),
               Error);
  write_manifest(folder / "n.jsonl", {"Another text."});
  EXPECT_THROW(respond(folder / "n.jsonl", folder / "cut", teacher), Error);
  EXPECT_EQ(respond(folder / "m.jsonl", folder / "cut", teacher).resumed, 3);
  EXPECT_EQ(all_bytes(folder / "cut"), all_bytes(folder / "whole"));
  EXPECT_THROW(respond(folder / "m.jsonl", folder / "cut", teacher), Error);  // finished
}

TEST(Respond, PartsShareTheClips) {
  TestFolder folder;
  write_manifest(folder / "m.jsonl", kTexts);
  const Teacher teacher(engine(), {.top = 4, .max_tokens = 4});
  for (int64_t part : {0, 1}) {
    respond(folder / "m.jsonl", folder / std::to_string(part), teacher,
            {.share = {.index = part, .count = 2}});
  }
  EXPECT_TRUE(ResponseSet(folder / "0").find("clip/0"));
  EXPECT_TRUE(ResponseSet(folder / "0").find("clip/2"));
  EXPECT_TRUE(ResponseSet(folder / "1").find("clip/3"));
  EXPECT_EQ(ResponseSet(folder / "1").size(), 1u);
  EXPECT_THROW(respond(folder / "m.jsonl", folder / "x", teacher, {.share = {.index = 2, .count = 2}}),
               Error);
}

TEST(Respond, TextsThatDoNotFitAreRejected) {
  TestFolder folder;
  std::string longest;
  for (int i = 0; i < 9000; ++i) longest += "sea ";
  write_manifest(folder / "m.jsonl", {longest});
  const RespondReport report =
      respond(folder / "m.jsonl", folder / "out", Teacher(engine(), {.top = 4, .max_tokens = 4}));
  EXPECT_EQ(report.rejected.at("too_long"), 1);
  EXPECT_EQ(ResponseSet(folder / "out").size(), 0u);
}

}  // namespace
}  // namespace auris::data
