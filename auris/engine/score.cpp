#include "auris/engine/score.h"

#include <algorithm>
#include <numeric>

#include "auris/tensor/ops/elementwise.h"

namespace auris::engine {
namespace {

// Rows of logits held at once: 64 rows of a vocabulary of 150,000 are 38 MB.
constexpr int64_t kLogitRows = 64;

std::vector<text::TokenId> prompt_tokens_of(const LanguageModel& model, const ScoreRequest& request) {
  if (request.use_template) return model.prompt_of({{"user", request.prompt}});
  auto tokens = model.tokenizer->encode(request.prompt, true);
  if (tokens.empty()) {
    auto start = model.tokenizer->bos() ? model.tokenizer->bos() : model.tokenizer->eos();
    if (start) tokens.push_back(*start);
  }
  return tokens;
}

[[noreturn]] void fail(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "score", .expected = expected, .got = got, .hint = ""});
}

}  // namespace

Score score(const LanguageModel& model, const ScoreRequest& request) {
  Score result;
  result.prompt_tokens = prompt_tokens_of(model, request);
  result.tokens = model.tokenizer->encode(request.continuation);
  if (result.tokens.empty()) fail("a continuation of at least one token", "none");
  if (result.prompt_tokens.empty()) fail("a prompt, or a model with a beginning-of-text token", "neither");
  std::vector<int32_t> ids = result.prompt_tokens;
  ids.insert(ids.end(), result.tokens.begin(), result.tokens.end() - 1);
  const models::Llama& llama = *model.llama;
  if (static_cast<int64_t>(ids.size()) > llama.config().context_length) {
    fail("at most " + std::to_string(llama.config().context_length) + " tokens", std::to_string(ids.size()));
  }
  auto count = static_cast<int64_t>(result.tokens.size());
  std::vector<int32_t> wanted(result.tokens.size());
  std::iota(wanted.begin(), wanted.end(), static_cast<int32_t>(result.prompt_tokens.size()) - 1);
  Tensor hidden = llama.forward(llama.embed(ids), RowLayout::single(static_cast<int64_t>(ids.size())),
                                {.cache = nullptr, .rows = wanted, .observer = {}});
  for (int64_t begin = 0; begin < count; begin += kLogitRows) {
    int64_t rows = std::min(kLogitRows, count - begin);
    Tensor logprobs = ops::log_softmax(llama.logits(hidden.slice_rows(begin, rows)));
    for (int64_t row = 0; row < rows; ++row) {
      result.logprobs.push_back(logprobs.data<float>()[row * logprobs.cols() + result.tokens[begin + row]]);
    }
  }
  result.sum = std::accumulate(result.logprobs.begin(), result.logprobs.end(), 0.0);
  return result;
}

}  // namespace auris::engine
