#include "auris/generate/repetition_guard.h"

#include <zlib.h>

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::generate {

RepetitionGuard::RepetitionGuard(RepetitionOptions options) : options_(options) {
  if (options.max_period < 1 || options.max_period > 1024 || options.min_repeats < 2) {
    throw Error(ErrorCode::kUsage, {.where = "repetition guard",
                                    .expected = "max_period from 1 to 1024 and min_repeats from 2",
                                    .got = fmt::format("{} and {}", options.max_period, options.min_repeats),
                                    .hint = ""});
  }
  recent_.resize(options.max_period);
  matches_.resize(options.max_period);
}

std::optional<RepetitionLoop> RepetitionGuard::add(TokenId token) {
  size_t size = recent_.size();
  size_t known = std::min(count_, size);
  for (size_t period = 1; period <= known; ++period) {
    bool matches = recent_[(count_ - period) % size] == token;
    matches_[period - 1] = matches ? matches_[period - 1] + 1 : 0;
  }
  recent_[count_ % size] = token;
  ++count_;
  for (size_t period = 1; period <= known; ++period) {
    size_t tokens = matches_[period - 1] + period;  // of the whole loop, its first round included
    if (tokens < options_.min_tokens || tokens / period < options_.min_repeats) continue;
    return RepetitionLoop{count_ - tokens, period, tokens / period};
  }
  return std::nullopt;
}

std::optional<RepetitionLoop> find_loop(std::span<const TokenId> tokens, RepetitionOptions options) {
  RepetitionGuard guard(options);
  for (TokenId token : tokens) {
    if (auto loop = guard.add(token)) return loop;
  }
  return std::nullopt;
}

double compression_ratio(std::string_view text) {
  if (text.empty()) return 0;
  uLong size = compressBound(static_cast<uLong>(text.size()));
  std::vector<Bytef> packed(size);
  auto* bytes = reinterpret_cast<const Bytef*>(text.data());
  int status = compress2(packed.data(), &size, bytes, static_cast<uLong>(text.size()), 6);
  AURIS_CHECK(status == Z_OK);
  return static_cast<double>(text.size()) / static_cast<double>(size);
}

}  // namespace auris::generate
