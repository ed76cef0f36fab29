#include "auris/engine/score.h"

#include <algorithm>
#include <numeric>

#include "auris/engine/prompt_rows.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/transfer.h"

namespace auris::engine {
namespace {

// Rows of logits held at once: 64 rows of a vocabulary of 150,000 are 38 MB.
constexpr int64_t kLogitRows = 64;

processor::ModelInput prompt_of(const LanguageModel& model, const ScoreRequest& request) {
  if (request.use_template) {
    if (!model.hears()) return model.prompt_of({{"user", request.prompt}});
    std::vector<processor::Message> turns{
        processor::turn_with_marks(processor::Role::kUser, request.prompt, request.audio)};
    return model.processor->prepare(turns);
  }
  processor::ModelInput input = model.processor->prepare_raw(request.prompt, request.audio);
  if (input.ids.empty()) {
    auto start = model.tokenizer->bos() ? model.tokenizer->bos() : model.tokenizer->eos();
    if (start) input.ids.push_back(*start);
  }
  return input;
}

[[noreturn]] void fail(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "score", .expected = expected, .got = got, .hint = ""});
}

}  // namespace

Score score(const LanguageModel& model, const ScoreRequest& request) {
  if (!request.audio.empty() && !model.hears()) {
    throw Error(ErrorCode::kModel, {.where = "score",
                                    .expected = "an audio language model for recordings",
                                    .got = quoted(model.name) + ", which reads text only",
                                    .hint = "leave the recordings out"});
  }
  processor::ModelInput input = prompt_of(model, request);
  Score result;
  result.prompt_tokens = input.ids;
  result.tokens = model.tokenizer->encode(request.continuation);
  if (result.tokens.empty()) fail("a continuation of at least one token", "none");
  if (result.prompt_tokens.empty()) fail("a prompt, or a model with a beginning-of-text token", "neither");
  input.ids.insert(input.ids.end(), result.tokens.begin(), result.tokens.end() - 1);
  const models::Llama& llama = *model.llama;
  if (input.rows() > llama.config().context_length) {
    fail("at most " + std::to_string(llama.config().context_length) + " tokens",
         std::to_string(input.rows()));
  }
  auto count = static_cast<int64_t>(result.tokens.size());
  std::vector<int32_t> wanted(result.tokens.size());
  std::iota(wanted.begin(), wanted.end(), static_cast<int32_t>(result.prompt_tokens.size()) - 1);
  Tensor hidden = llama.forward(PromptRows(model, input).rows(0, input.rows()), input.layout(),
                                {.cache = nullptr, .rows = wanted, .observer = {}});
  for (int64_t begin = 0; begin < count; begin += kLogitRows) {
    int64_t rows = std::min(kLogitRows, count - begin);
    Tensor logprobs = to_host(ops::log_softmax(llama.logits(hidden.slice_rows(begin, rows))));
    for (int64_t row = 0; row < rows; ++row) {
      result.logprobs.push_back(logprobs.data<float>()[row * logprobs.cols() + result.tokens[begin + row]]);
    }
  }
  result.sum = std::accumulate(result.logprobs.begin(), result.logprobs.end(), 0.0);
  return result;
}

}  // namespace auris::engine
