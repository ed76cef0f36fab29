#include "auris/train/examples/example_maker.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/engine/language_model.h"
#include "tests/source_folder.h"

namespace auris::train {
namespace {

using testing::HasSubstr;

const std::shared_ptr<const engine::LanguageModel>& model() {
  static const auto model = engine::load_language_model(
      std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "audio_llm" / "ultravox", "model");
  return model;
}

TrainingExample example_of(const std::string& answer) {
  TrainingExample example;
  data::Item& item = example.loaded.item;
  item.id = "item";
  item.prompt = "<audio>Answer.";
  item.instruction = "Answer.";
  item.answer = answer;
  item.clip = "clip";
  example.loaded.recording.samples.assign(16000, 0.1f);
  return example;
}

data::AnswerLogits taught(std::vector<int32_t> tokens) {
  data::AnswerLogits logits;
  logits.top = 1;
  logits.tokens = std::move(tokens);
  logits.token_logprobs.assign(logits.tokens.size(), -1.0f);
  logits.top_ids = logits.tokens;
  logits.top_logprobs.assign(logits.tokens.size(), 0);
  return logits;
}

std::vector<int32_t> answer_of(const PreparedExample& example) {
  const auto count = static_cast<std::ptrdiff_t>(example.answer_tokens());
  return {example.input.ids.end() - count, example.input.ids.end()};
}

// A token for each letter, however many of them the tokenizer would write as one.
std::vector<int32_t> spelt(const std::string& text) {
  std::vector<int32_t> ids;
  for (const char letter : text) {
    for (const int32_t id : model()->tokenizer->encode(std::string_view(&letter, 1))) ids.push_back(id);
  }
  return ids;
}

TEST(ExampleMaker, TeachesTheTokensThatTheTeacherWrote) {
  const ExampleMaker maker(model());
  TrainingExample example = example_of("the lighthouse");
  const std::vector<int32_t> plain = answer_of(maker.make(example));
  ASSERT_LT(plain.size(), spelt("the lighthouse").size()) << "a text with tokens of several letters";

  // Cut off behind the first token; all of it; and in other tokens, which mean the same.
  for (const std::vector<int32_t>& tokens : {{plain.front()}, plain, spelt("the lighthouse")}) {
    example.logits = taught(tokens);
    const PreparedExample prepared = maker.make(example);
    EXPECT_EQ(answer_of(prepared), tokens);
    EXPECT_EQ(prepared.teacher->tokens, tokens);
    EXPECT_EQ(prepared.ends_turn, tokens == plain);
  }
}

TEST(ExampleMaker, RefusesTheLogitsOfAnotherText) {
  const ExampleMaker maker(model());
  TrainingExample example = example_of("the lighthouse");
  for (const std::vector<int32_t>& tokens :
       {spelt("a lighthouse"), std::vector<int32_t>{-1}, std::vector<int32_t>{1 << 30}}) {
    example.logits = taught(tokens);
    try {
      maker.make(example);
      ADD_FAILURE() << tokens.size() << " tokens were taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
      EXPECT_THAT(error.what(), HasSubstr("[item] expected logits for the tokens of its answer"));
    }
  }
}

}  // namespace
}  // namespace auris::train
