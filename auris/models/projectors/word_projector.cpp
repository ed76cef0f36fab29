#include "auris/models/projectors/word_projector.h"

namespace auris::models {
namespace {

constexpr float kNormEps = 1e-6f;

}  // namespace

WordProjector::WordProjector(int64_t in, int64_t out, const nn::Parameters& parameters)
    : words_(nn::load_linear(parameters, "words", {.in = in, .out = out})),
      sound_(nn::load_linear(parameters, "sound", {.in = in, .out = out, .bias = nn::Bias::kRequired})),
      states_norm_(nn::load_rms_norm(parameters, "states_norm", in, kNormEps)),
      sound_norm_(nn::load_rms_norm(parameters, "sound_norm", out, kNormEps)) {}

Tensor WordProjector::words(const Tensor& embedded, const Tensor& states) const {
  if (!states.defined()) return embedded;
  AURIS_CHECK(states.rows() == embedded.rows());
  return ops::add(embedded, words_.forward(states_norm_.forward(states)));
}

}  // namespace auris::models
