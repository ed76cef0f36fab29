#include "auris/generate/sampling_options.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

void require(bool holds, const char* name, const char* expected, double got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage, {.where = "sampling",
                                  .expected = fmt::format("{} {}", name, expected),
                                  .got = fmt::format("{}", got),
                                  .hint = ""});
}

}  // namespace

void check(const SamplingOptions& options, int64_t vocab_size) {
  require(options.temperature >= 0 && std::isfinite(options.temperature), "temperature", ">= 0",
          options.temperature);
  require(options.top_k >= 0, "top_k", ">= 0", options.top_k);
  require(options.top_p > 0 && options.top_p <= 1, "top_p", "in (0, 1]", options.top_p);
  require(options.min_p >= 0 && options.min_p <= 1, "min_p", "in [0, 1]", options.min_p);
  require(options.repetition_penalty > 0 && std::isfinite(options.repetition_penalty), "repetition_penalty",
          "> 0", options.repetition_penalty);
  require(std::isfinite(options.frequency_penalty), "frequency_penalty", "finite", options.frequency_penalty);
  require(std::isfinite(options.presence_penalty), "presence_penalty", "finite", options.presence_penalty);
  require(options.top_logprobs >= -1 && options.top_logprobs <= vocab_size, "top_logprobs",
          "from -1 to the vocabulary size", options.top_logprobs);
  for (const auto& [id, bias] : options.logit_bias) {
    require(id >= 0 && id < vocab_size, "logit_bias", "for tokens of the vocabulary", id);
    require(!std::isnan(bias), "logit_bias", "a number", bias);
  }
  for (TokenId id : options.suppressed) {
    require(id >= 0 && id < vocab_size, "suppressed", "tokens of the vocabulary", id);
  }
}

}  // namespace auris::generate
