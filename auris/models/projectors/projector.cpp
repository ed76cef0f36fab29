#include "auris/models/projectors/projector.h"

#include "auris/tensor/ops/rows.h"

namespace auris::models {
namespace {

constexpr float kNormEps = 1e-6f;  // Ultravox's

}  // namespace

Projector::Projector(const ProjectorConfig& config, const nn::Parameters& parameters) : config_(config) {
  AURIS_CHECK(config.stack >= 1 && config.in > 0 && config.out > 0);
  int64_t stacked = config.in * config.stack;
  switch (config.kind) {
    case ProjectorKind::kLinear:
      linear_ = nn::load_linear(parameters, "linear",
                                {.in = stacked, .out = config.out, .bias = nn::Bias::kRequired});
      break;
    case ProjectorKind::kMlpGelu:
      mlp_.first =
          nn::load_linear(parameters, "0", {.in = stacked, .out = config.inner, .bias = nn::Bias::kRequired});
      mlp_.second = nn::load_linear(parameters, "2",
                                    {.in = config.inner, .out = config.out, .bias = nn::Bias::kRequired});
      break;
    case ProjectorKind::kUltravox: load_ultravox(parameters, stacked); break;
    case ProjectorKind::kWords: AURIS_CHECK(false); break;  // it is a WordProjector
  }
  if (config.norm_post) norm_post_ = nn::load_rms_norm(parameters, "norm_post", config.out, kNormEps);
}

void Projector::load_ultravox(const nn::Parameters& parameters, int64_t stacked) {
  AURIS_CHECK(config_.inner % 2 == 0);
  int64_t half = config_.inner / 2;
  norm_pre_ = nn::load_rms_norm(parameters, "ln_pre", stacked, kNormEps);
  both_ = nn::load_linear(parameters, "linear_1", {.in = stacked, .out = config_.inner});
  down_ = nn::load_linear(parameters, "linear_2", {.in = half, .out = config_.out});
  norm_late_ = config_.norm_mid ? nn::load_rms_norm(parameters, "ln_mid", half, kNormEps)
                                : nn::load_rms_norm(parameters, "ln_post", config_.out, kNormEps);
}

// rows [rows, in * stack] -> [rows, out]
Tensor Projector::translate(const Tensor& rows) const {
  if (config_.kind == ProjectorKind::kLinear) return linear_.forward(rows);
  if (config_.kind == ProjectorKind::kMlpGelu) return mlp_.forward(rows);
  // Its SwiGLU takes the second half of the columns as the gate. The halves are cut here, not on loading, so
  // that gradients reach the whole.
  int64_t half = config_.inner / 2;
  Tensor inner = ops::gated_linear(norm_pre_.forward(rows), both_.weights.slice(half, half),
                                   both_.weights.slice(0, half), Activation::kSilu);
  if (config_.norm_mid) return down_.forward(norm_late_.forward(inner));
  return norm_late_.forward(down_.forward(inner));
}

ProjectedRows Projector::forward(const Tensor& x, const RowLayout& layout) const {
  AURIS_CHECK(x.rows() == layout.rows() && x.cols() == config_.in);
  Tensor rows = translate(config_.stack == 1 ? x : ops::stack_rows(x, layout, config_.stack));
  return {config_.norm_post ? norm_post_.forward(rows) : rows, pooled_layout(layout, config_.stack)};
}

}  // namespace auris::models
