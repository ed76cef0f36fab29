#include "auris/processor/heard_words.h"

#include <algorithm>
#include <span>

namespace auris::processor {
namespace {

// A stretch of the text, in bytes.
struct Stretch {
  double begin = 0, end = 0;
};

// Pieces of a byte-level vocabulary are the text's bytes; other tokenizers normalise it, so their pieces are
// laid out over it in proportion.
std::vector<Stretch> stretches_of(std::span<const int32_t> words, const text::Tokenizer& tokenizer,
                                  size_t text_bytes) {
  std::vector<Stretch> stretches;
  double at = 0;
  for (const int32_t id : words) {
    const auto bytes = static_cast<double>(tokenizer.piece(id).size());
    stretches.push_back({at, at + bytes});
    at += bytes;
  }
  const double share = at > 0 ? static_cast<double>(text_bytes) / at : 0;
  for (Stretch& stretch : stretches) stretch = {stretch.begin * share, stretch.end * share};
  return stretches;
}

// Mean of the states of the tokens that `stretch` overlaps; the token around it, if it is empty.
void average(const Recognition& heard, const Stretch& stretch, std::span<float> mean) {
  const auto columns = static_cast<int64_t>(mean.size());
  double weight = 0;
  int64_t around = 0;
  std::vector<double> sum(mean.size(), 0.0);
  for (size_t token = 0; token < heard.token_ends.size(); ++token) {
    const double begin = token == 0 ? 0.0 : static_cast<double>(heard.token_ends[token - 1]);
    const auto end = static_cast<double>(heard.token_ends[token]);
    const double overlap = std::min(end, stretch.end) - std::max(begin, stretch.begin);
    if (begin <= stretch.begin) around = static_cast<int64_t>(token);
    if (overlap <= 0) continue;
    const float* row = heard.states.data<float>() + static_cast<int64_t>(token) * columns;
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += overlap * row[i];
    weight += overlap;
  }
  const float* row = heard.states.data<float>() + around * columns;
  for (size_t i = 0; i < sum.size(); ++i) mean[i] = weight > 0 ? static_cast<float>(sum[i] / weight) : row[i];
}

}  // namespace

models::HeardSpeech heard_speech(const Recognition& heard, const text::Tokenizer& tokenizer) {
  models::HeardSpeech speech{.words = {}, .states = {}, .sound = heard.sound};
  if (heard.text.empty()) return speech;
  speech.words = tokenizer.encode(std::string_view(heard.text));
  if (!heard.states.defined()) return speech;
  AURIS_CHECK(heard.states.rows() == static_cast<int64_t>(heard.token_ends.size()));
  AURIS_CHECK(!heard.token_ends.empty() && heard.token_ends.back() <= heard.text.size());
  speech.states = Tensor::empty({static_cast<int64_t>(speech.words.size()), heard.states.cols()});
  const std::vector<Stretch> stretches = stretches_of(speech.words, tokenizer, heard.text.size());
  for (size_t word = 0; word < stretches.size(); ++word) {
    Tensor row = speech.states.slice_rows(static_cast<int64_t>(word), 1);
    average(heard, stretches[word], row.span<float>());
  }
  return speech;
}

}  // namespace auris::processor
