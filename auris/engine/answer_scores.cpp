#include "auris/engine/answer_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "auris/engine/prompt_rows.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/transfer.h"

namespace auris::engine {
namespace {

constexpr int64_t kPrefillRows = 512;  // as TextGenerator
// Rows run at once, and their logits: 64 rows of a vocabulary of 150,000 are 38 MB.
constexpr int64_t kAnswerRows = 64;

[[noreturn]] void fail(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "answers", .expected = expected, .got = got, .hint = ""});
}

double log_sum_exp(const float* row, std::span<const text::TokenId> ids) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (text::TokenId id : ids) most = std::max<double>(most, row[id]);
  if (!std::isfinite(most)) return most;
  for (text::TokenId id : ids) sum += std::exp(row[id] - most);
  return most + std::log(sum);
}

class AnswerScorer {
 public:
  AnswerScorer(const LanguageModel& model, const processor::ModelInput& prompt)
      : model_(model), llama_(*model.llama), cache_(llama_.cache_options(DType::kF32)) {
    sequence_ = cache_.create();
    prefill(prompt);
  }

  // The answers' rows side by side, each in a fork of the prompt.
  void run(std::span<AnswerScore> answers) {
    RowLayout layout;
    std::vector<text::TokenId> ids;
    std::vector<SequenceId> forks;
    for (const AnswerScore& answer : answers) {
      forks.push_back(cache_.fork(sequence_));
      layout.add(std::ssize(answer.tokens), cache_.length(sequence_), forks.back());
      ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
    }
    const Tensor hidden =
        llama_.forward(llama_.embed(ids), layout, {.cache = &cache_, .rows = {}, .observer = {}});
    const Tensor logprobs = to_host(ops::log_softmax(llama_.logits(hidden)));
    int64_t row = 0;
    for (AnswerScore& answer : answers) {
      take(answer, logprobs.data<float>() + row * logprobs.cols());
      row += std::ssize(answer.tokens);
    }
    for (SequenceId fork : forks) cache_.release(fork);
  }

 private:
  void prefill(const processor::ModelInput& prompt) {
    PromptRows rows(model_, prompt);
    for (int64_t begin = 0; begin < prompt.rows(); begin += kPrefillRows) {
      const int64_t count = std::min(kPrefillRows, prompt.rows() - begin);
      const auto last = static_cast<int32_t>(count - 1);
      first_ = llama_.forward(rows.rows(begin, count), RowLayout::single(count, begin, sequence_),
                              {.cache = &cache_, .rows = std::span(&last, 1), .observer = {}});
    }
    first_ = to_host(ops::log_softmax(llama_.logits(first_)));
  }

  // The row behind the prompt tells of the first token, the row of a token of the next one.
  void take(AnswerScore& answer, const float* rows) const {
    const int64_t vocabulary = first_.cols();
    answer.logprob = first_.data<float>()[answer.tokens.front()];
    for (size_t i = 1; i < answer.tokens.size(); ++i, rows += vocabulary) {
      answer.logprob += rows[answer.tokens[i]];
    }
    answer.end_logprob = log_sum_exp(rows, model_.end_of_turn);
  }

  const LanguageModel& model_;
  const models::Llama& llama_;
  KvCache cache_;
  SequenceId sequence_ = kNoSequence;
  Tensor first_;  // [1, vocab] log-probabilities behind the prompt, on the host
};

}  // namespace

std::vector<AnswerScore> score_answers(const LanguageModel& model, const processor::ModelInput& prompt,
                                       std::span<const std::string> answers) {
  if (prompt.ids.empty()) fail("a prompt", "none");
  const int64_t context = model.llama->config().context_length;
  std::vector<AnswerScore> scores;
  for (const std::string& answer : answers) {
    scores.push_back({.tokens = model.tokenizer->encode(answer)});
    if (scores.back().tokens.empty()) fail("answers of at least one token", quoted(answer));
    const int64_t rows = prompt.rows() + std::ssize(scores.back().tokens);
    if (rows > context) fail("at most " + std::to_string(context) + " tokens", std::to_string(rows));
  }
  if (scores.empty()) return scores;
  AnswerScorer scorer(model, prompt);
  for (size_t begin = 0, end = 0; begin < scores.size(); begin = end) {
    for (int64_t rows = 0; end < scores.size(); ++end) {
      rows += std::ssize(scores[end].tokens);
      if (rows > kAnswerRows && end > begin) break;
    }
    scorer.run(std::span(scores).subspan(begin, end - begin));
  }
  return scores;
}

}  // namespace auris::engine
