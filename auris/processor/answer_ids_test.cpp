// Answers for training, in the templates that exist. The definition: prompt and answer together are the ids
// of the whole conversation as the template writes it, and the prompt is what the model is asked with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "auris/base/cache_folder.h"
#include "auris/base/error.h"
#include "auris/processor/processor.h"
#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::processor {
namespace {

using models::AudioLlmFamily;
using nlohmann::json;

std::filesystem::path golden(const char* name) {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "processor" / name;
}

std::string template_of(const char* family) {
  std::ifstream file(golden("cases.json"));
  return json::parse(file)[family]["template"];
}

using TokenizerPtr = std::shared_ptr<const text::Tokenizer>;

// The small vocabulary of the golden tests, whose text is cut by GPT-2's pattern ...
TokenizerPtr gpt2_tokenizer() {
  static const auto one = text::load_tokenizer_json(golden("tokenizer.json"));
  return one;
}

// ... and by that of Llama 3 and Qwen2 (their published tokenizer.json), which keeps line breaks together.
TokenizerPtr llama3_tokenizer() {
  static const TokenizerPtr one = [] {
    std::ifstream file(golden("tokenizer.json"));
    json whole = json::parse(file);
    const char* pattern =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    json split = {
        {"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
    json bytes = {
        {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
    whole["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", json::array({split, bytes})}};
    return text::parse_tokenizer_json(whole.dump());
  }();
  return one;
}

Processor processor_of(const TokenizerPtr& tokenizer, std::optional<AudioLlmFamily> family,
                       const std::string& chat_template) {
  ProcessorParts parts{.tokenizer = tokenizer, .chat_template = {}, .audio = {}};
  if (family) {
    parts.audio.emplace();
    parts.audio->family = *family;
    parts.audio->encoder.n_mels = 128;
    parts.audio->encoder.max_source_positions = 1500;
    if (*family == AudioLlmFamily::kLlaso) parts.audio->window_rows = models::WindowRows::kWhole;
  }
  if (!chat_template.empty()) parts.chat_template = text::ChatTemplate::parse(chat_template);
  return Processor(std::move(parts));
}

struct Case {
  std::string name;
  TokenizerPtr tokenizer;
  std::optional<AudioLlmFamily> family;
  std::string chat_template;
  std::string end;  // what the template writes behind an answer's words
};

std::vector<Case> cases() {
  std::string chatml(*text::builtin_chat_template("smollm2"));
  return {{"smollm2", gpt2_tokenizer(), {}, chatml, "<|im_end|>\n"},
          {"composed", gpt2_tokenizer(), AudioLlmFamily::kComposed, chatml, "<|im_end|>\n"},
          {"llaso", llama3_tokenizer(), AudioLlmFamily::kLlaso, "", "<|eot_id|>"},
          {"ultravox", llama3_tokenizer(), AudioLlmFamily::kUltravox, template_of("ultravox"), "<|eot_id|>"},
          {"qwen2_audio", llama3_tokenizer(), AudioLlmFamily::kQwen2Audio, template_of("qwen2_audio"),
           "<|im_end|>\n"}};
}

Processor processor_of(const Case& test) {
  return processor_of(test.tokenizer, test.family, test.chat_template);
}

std::vector<Message> conversation(const Case& test, const std::string& answer) {
  Message question{Role::kUser, {TextPart{"What is the sound?"}}};
  if (test.family) {
    audio::AudioClip clip{.samples = std::vector<float>(4321, 0.1f), .sample_rate_hz = 16000};
    question.parts.push_back(AudioPart{std::make_shared<const audio::AudioClip>(clip)});
  }
  return {question,
          {Role::kAssistant, {TextPart{"A bell."}}},
          {Role::kUser, {TextPart{"And where?"}}},
          {Role::kAssistant, {TextPart{answer}}}};
}

std::vector<int32_t> joined(std::vector<int32_t> a, const std::vector<int32_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(AnswerIds, PromptAndAnswerAreTheWholeConversation) {
  for (const Case& test : cases()) {
    Processor processor = processor_of(test);
    const text::Tokenizer& tokenizer = *test.tokenizer;
    for (const std::string& answer : {std::string("In the church."), std::string("x"), std::string("Là, 3.5"),
                                      std::string("two\nlines, <|im_end|> typed"), std::string()}) {
      SCOPED_TRACE(test.name + ": " + answer);
      std::vector<Message> all = conversation(test, answer);
      AnswerIds ids = processor.answer_ids(all);
      ModelInput whole = processor.prepare(all, {.add_generation_prompt = false});
      ModelInput asked = processor.prepare(std::span(all).first(3));
      EXPECT_EQ(joined(ids.prompt.ids, ids.answer), whole.ids);
      EXPECT_EQ(ids.prompt.ids, asked.ids);
      EXPECT_EQ(ids.prompt.windows.size(), asked.windows.size());
      EXPECT_EQ(ids.prompt.audio.size(), test.family ? 1u : 0u);
      EXPECT_EQ(tokenizer.decode(ids.answer, true), answer + test.end);
      ASSERT_LE(ids.targets, ids.answer.size());
      ASSERT_GE(ids.targets, 1u);
      // The model says the words and one token more, which ends the turn.
      std::span<const int32_t> said(ids.answer.data(), ids.targets);
      EXPECT_EQ(tokenizer.decode(said.first(ids.targets - 1), true), answer);
      EXPECT_TRUE(tokenizer.is_special(said.back()));
      EXPECT_EQ(std::count_if(ids.answer.begin(), ids.answer.end(),
                              [&](int32_t id) { return tokenizer.is_special(id); }),
                1);
    }
  }
}

template <typename Action>
ErrorCode code_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kInternal;
}

// In the whole conversation a token reaches over the answer's beginning: the prompt stays what is asked, and
// the answer has tokens of its own.
void expect_cut_apart(const Processor& processor, const text::Tokenizer& tokenizer,
                      const std::vector<Message>& messages, const std::string& answer) {
  AnswerIds ids = processor.answer_ids(messages);
  EXPECT_EQ(ids.prompt.ids, processor.prepare(std::span(messages).first(messages.size() - 1)).ids);
  EXPECT_EQ(tokenizer.decode(ids.answer, true), answer);
  EXPECT_NE(joined(ids.prompt.ids, ids.answer),
            processor.prepare(messages, {.add_generation_prompt = false}).ids);
}

// The model as people have it: tokenizer and template of the GGUF file.
TEST(AnswerIds, OfTheRealSmolLm2) {
  auto file = weights::open_checkpoint(model_folder() / "smollm2-135m-instruct");
  TokenizerPtr tokenizer = text::tokenizer_from_gguf(file->metadata());
  Processor processor = processor_of(tokenizer, {}, file->metadata()["tokenizer.chat_template"]);
  for (const std::string& answer : {std::string("It is a bell."), std::string("1 2  3"), std::string(" a"),
                                    std::string("- one\n- two\n\nthree")}) {
    std::vector<Message> all{{Role::kUser, {TextPart{"What is it?"}}},
                             {Role::kAssistant, {TextPart{answer}}}};
    AnswerIds ids = processor.answer_ids(all);
    EXPECT_EQ(joined(ids.prompt.ids, ids.answer),
              processor.prepare(all, {.add_generation_prompt = false}).ids);
    EXPECT_EQ(tokenizer->decode(std::span(ids.answer).first(ids.targets), true), answer + "<|im_end|>");
    EXPECT_EQ(tokenizer->decode(std::span(ids.answer).subspan(ids.targets), true), "\n");
    EXPECT_THAT(tokenizer->decode(ids.prompt.ids, true),
                ::testing::EndsWith("<|im_start|>user\nWhat is it?<|im_end|>\n<|im_start|>assistant\n"));
  }
  // Its digits stand alone, which leaves a blank before one to the prompt's line break.
  expect_cut_apart(processor, *tokenizer,
                   {{Role::kUser, {TextPart{"What is it?"}}}, {Role::kAssistant, {TextPart{" 1"}}}},
                   " 1<|im_end|>\n");
}

TEST(AnswerIds, OnlyAnAssistantsTextIsAnAnswer) {
  Case test = cases().front();
  Processor processor = processor_of(test);
  std::vector<Message> all = conversation(test, "x");
  EXPECT_EQ(code_of([&] { processor.answer_ids({}); }), ErrorCode::kUsage);
  EXPECT_EQ(code_of([&] { processor.answer_ids(std::span(all).first(3)); }), ErrorCode::kUsage);
  Case hears = cases()[1];
  std::vector<Message> spoken = conversation(hears, "x");
  spoken.back().parts.push_back(spoken.front().parts.back());
  EXPECT_EQ(code_of([&] { processor_of(hears).answer_ids(spoken); }), ErrorCode::kUsage);
}

// Nothing is learned from where the model is never asked.
TEST(AnswerIds, TurnsThatCannotBeToldApartAreErrors) {
  Case test = cases().front();
  std::vector<Message> all = conversation(test, "x");
  // A template that writes the turns before the last one in another way.
  Processor changing = processor_of(
      test.tokenizer, {},
      "{% for m in messages %}{{ m.role }}:{% if loop.last %}{{ m.content }}{% endif %}\n{% endfor %}"
      "{% if add_generation_prompt %}assistant:{% endif %}");
  EXPECT_EQ(code_of([&] { changing.answer_ids(all); }), ErrorCode::kInput);
}

TEST(AnswerIds, TokensThatReachOverTheBeginningAreCutThere) {
  Case test = cases().front();
  // "\n\n" is one token of this vocabulary: the prompt's line break would be joined with the answer's,
  ASSERT_EQ(test.tokenizer->encode("\n\n").size(), 1u);
  expect_cut_apart(processor_of(test), *test.tokenizer, conversation(test, "\n\n"), "\n\n" + test.end);
  // and the two at the end of Llama 3's prompt would come apart before a word, where GPT-2's pattern cuts.
  Case apart = cases()[2];
  apart.tokenizer = gpt2_tokenizer();
  expect_cut_apart(processor_of(apart), *apart.tokenizer, conversation(apart, "x"), "x" + apart.end);
}

}  // namespace
}  // namespace auris::processor
