#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/data/responses/response_set.h"
#include "auris/tensor/float16.h"

namespace auris::data {
namespace {

using testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

AnswerLogits some_answer(int32_t vocab_size, int tokens, uint64_t seed) {
  Rng rng(seed);
  AnswerLogits answer;
  answer.top = 5;
  for (int i = 0; i < tokens; ++i) {
    std::vector<float> logits(static_cast<size_t>(vocab_size));
    for (float& x : logits) x = static_cast<float>(4 * rng.normal());
    answer.add(static_cast<int32_t>(rng.below(static_cast<uint64_t>(vocab_size))), logits);
  }
  return answer;
}

std::string problem_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(AnswerLogits, AreLogProbabilities) {
  AnswerLogits answer;
  answer.top = 3;
  // e^(ln 4), e^(ln 1), e^(ln 2), e^(ln 1): probabilities 1/2, 1/8, 1/4, 1/8.
  const std::vector<float> logits = {std::log(4.0f), 0, std::log(2.0f), 0};
  answer.add(3, logits);
  EXPECT_EQ(answer.tokens, (std::vector<int32_t>{3}));
  EXPECT_NEAR(answer.token_logprobs[0], std::log(1.0 / 8), 1e-6);
  EXPECT_EQ(answer.top_ids, (std::vector<int32_t>{0, 2, 1}));  // the lower id among equals
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(answer.top_logprobs[i],
              f32_to_f16(static_cast<float>(std::log(1.0 / static_cast<double>(2 << i)))));
  }
}

TEST(AnswerLogits, ComeBackFromBytes) {
  for (int32_t vocab_size : {100, 70000}) {
    const AnswerLogits answer = some_answer(vocab_size, 7, 3);
    const std::string bytes = to_bytes(answer);
    EXPECT_EQ(bytes.size(), 8 + 7 * (8 + 5 * (vocab_size > 65536 ? 6u : 4u)));
    EXPECT_EQ(parse_answer_logits(bytes_of(bytes), "x"), answer);
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_THROW(parse_answer_logits(bytes_of(bytes).first(size), "x"), Error);
    }
  }
  std::string bytes = to_bytes(some_answer(100, 1, 1));
  bytes.back() = '\x7e';  // f16 infinity or NaN
  EXPECT_THAT(problem_of([&] { parse_answer_logits(bytes_of(bytes), "x"); }), HasSubstr("log-prob"));
  bytes[6] = 3;
  EXPECT_THAT(problem_of([&] { parse_answer_logits(bytes_of(bytes), "x"); }), HasSubstr("2 or 4"));
}

TEST(LogitsFile, GrowsGoesOnAndIsRead) {
  TestFolder folder;
  const auto path = folder / "logits.bin";
  std::vector<uint32_t> bytes;
  const auto write = [&](const std::filesystem::path& to, int begin, int end, bool finish) {
    LogitsWriter writer(to, 100, bytes);
    for (int i = begin; i < end; ++i)
      bytes.push_back(writer.add(some_answer(100, i + 1, static_cast<uint64_t>(i))));
    if (finish) writer.finish();
  };
  write(path, 0, 3, false);
  EXPECT_THROW(LogitsFile::open(path), Error);
  EXPECT_THROW(LogitsFile::open(folder / "logits.bin.part"), Error);
  std::ofstream(folder / "logits.bin.part", std::ios::app) << "half a record";
  write(path, 3, 5, true);
  const LogitsFile file = LogitsFile::open(path);
  ASSERT_EQ(file.size(), 5u);
  EXPECT_EQ(file.vocab_size(), 100);
  for (uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(file[i], some_answer(100, static_cast<int>(i) + 1, i));
    EXPECT_EQ(file.place(i).tokens, i + 1);
  }
  EXPECT_THROW(file[5], Error);
  bytes.clear();
  write(folder / "whole.bin", 0, 5, true);
  EXPECT_EQ(folder.read("whole.bin"), folder.read("logits.bin"));

  const std::string whole = folder.read("logits.bin");
  for (size_t size = 0; size < whole.size(); size += 3) {
    EXPECT_THROW(LogitsFile::parse(bytes_of(whole).first(size), "x"), Error) << size;
  }
  std::string small = whole;
  small[24] = 20;  // fewer tokens than the ids need
  const LogitsFile narrow = LogitsFile::parse(bytes_of(small), "x");
  EXPECT_THAT(problem_of([&] { narrow[4]; }), HasSubstr("below 20"));
}

TEST(ResponseSet, FindsAnswersByClip) {
  TestFolder folder;
  std::vector<Response> responses;
  {
    LogitsWriter writer(folder / "logits.bin", 100, {});
    for (const char* id : {"a", "b"}) {
      responses.push_back({.clip = id, .text = "t", .answer = "yes", .finish = "end_of_turn"});
      responses.back().row = writer.rows();
      responses.back().bytes = writer.add(some_answer(100, 2, 1));
    }
    writer.finish();
  }
  const std::string settings = R"({"settings":{"prompt":"Say: {text}","model":"m"}})"
                               "\n";
  const std::string a = to_json(responses[0]).dump() + "\n", b = to_json(responses[1]).dump() + "\n";
  const std::string rejected = R"({"clip":"c","rejected":"no_text","detail":"d"})"
                               "\n";
  folder.write("responses.jsonl", settings + a + rejected + b);
  const ResponseSet set(folder.path());
  EXPECT_EQ(set.size(), 2u);
  EXPECT_EQ(set.prompt(), "Say: {text}");
  EXPECT_EQ(set.model(), "m");
  EXPECT_EQ(set.find("b"), responses[1]);
  EXPECT_FALSE(set.find("c"));
  const auto problem = [&](const std::string& lines) {
    folder.write("responses.jsonl", lines);
    return problem_of([&] { ResponseSet again(folder.path()); });
  };
  EXPECT_THAT(problem(""), HasSubstr("settings"));
  EXPECT_THAT(problem(settings + a), HasSubstr("expected 2 answers"));
  EXPECT_THAT(problem(settings + a + a), HasSubstr("each clip once"));
  EXPECT_THAT(problem(settings + a + b + b), HasSubstr("logits for each answer"));
  EXPECT_THAT(problem(settings + a + "nonsense\n"), HasSubstr("line"));
  EXPECT_THAT(problem(R"({"settings":{"prompt":"Say","model":"m"}})"
                      "\n" +
                      a + b),
              HasSubstr("{text} once"));
  responses[1].bytes += 1;
  EXPECT_THAT(problem(settings + a + to_json(responses[1]).dump() + "\n"), HasSubstr("bytes of logits"));
  EXPECT_EQ(problem(settings + a + b), "none");
}

}  // namespace
}  // namespace auris::data
