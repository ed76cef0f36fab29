#include "auris/models/projectors/word_projector.h"

namespace auris::models {
namespace {

constexpr float kNormEps = 1e-6f;

}  // namespace

WordProjector::WordProjector(const ProjectorConfig& config, const nn::Parameters& parameters)
    : words_(nn::load_linear(parameters, "words", {.in = config.in, .out = config.out})),
      sound_(nn::load_linear(parameters, "sound",
                             {.in = config.sound_in, .out = config.out, .bias = nn::Bias::kRequired})),
      states_norm_(nn::load_rms_norm(parameters, "states_norm", config.in, kNormEps)),
      sound_norm_(nn::load_rms_norm(parameters, "sound_norm", config.out, kNormEps)) {}

Tensor WordProjector::words(const Tensor& embedded, const Tensor& states) const {
  if (!states.defined()) return embedded;
  AURIS_CHECK(states.rows() == embedded.rows());
  return ops::add(embedded, words_.forward(states_norm_.forward(states)));
}

}  // namespace auris::models
