#pragma once
// From the rows of an encoder to the embedding space of a language model. `stack` neighbouring rows become
// one wider row first (the last group of a recording is filled up with zeros), which shortens what the
// language model has to read.

#include <cstdint>

#include "auris/nn/layers.h"
#include "auris/tensor/row_layout.h"

namespace auris::models {

enum class ProjectorKind {
  kLinear,    // linear (Qwen2-Audio)
  kMlpGelu,   // 2(gelu(0(x))), with biases: "mlp2x_gelu" (LLaSO, LLaVA)
  kUltravox,  // linear_2(swiglu(linear_1(ln_pre(x)))), with ln_mid before linear_2 or ln_post behind it; no
              // biases
  kWords,     // word_projector.h; of composed models only
};

struct ProjectorConfig {
  ProjectorKind kind = ProjectorKind::kMlpGelu;
  int64_t in = 0;     // columns of an encoder row
  int64_t inner = 0;  // columns behind the first linear layer; unused by kLinear
  int64_t out = 0;    // columns of an embedding
  int stack = 1;
  int pooled = 0;        // kWords: rows of sound for each 30 s of a recording
  int64_t sound_in = 0;  // kWords: columns of a row of sound
  bool norm_mid = true;  // kUltravox: ln_mid (0.5 and later) instead of ln_post (0.4.1 and before)
  // Any kind: an RMSNorm "norm_post" behind everything, whose weight is the scale of the embeddings it stands
  // among. Composed models only.
  bool norm_post = false;
};

struct ProjectedRows {
  Tensor rows;       // [rows, out]
  RowLayout layout;  // a span per span of the input
};

class Projector {
 public:
  // Names below `parameters`: "linear", "0" and "2", or "ln_pre", "linear_1" and so on; "norm_post". Throws
  // kModel.
  Projector(const ProjectorConfig& config, const nn::Parameters& parameters);

  const ProjectorConfig& config() const { return config_; }
  int64_t rows_after(int64_t rows) const { return (rows + config_.stack - 1) / config_.stack; }

  // x [rows, in]
  ProjectedRows forward(const Tensor& x, const RowLayout& layout) const;

 private:
  void load_ultravox(const nn::Parameters& parameters, int64_t stacked);
  Tensor translate(const Tensor& rows) const;

  ProjectorConfig config_;
  nn::Linear linear_;  // kLinear
  nn::Mlp mlp_;        // kMlpGelu
  nn::RmsNorm norm_pre_, norm_late_;
  nn::Linear both_, down_;  // kUltravox's linear_1 and linear_2
  nn::RmsNorm norm_post_;
};

}  // namespace auris::models
