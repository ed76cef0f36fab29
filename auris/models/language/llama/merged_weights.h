#pragma once
// All parameters of a language model of the llama family as numbers, an adapter multiplied in, whatever the
// format and the types of its checkpoint: what is written for programs that know no adapters. Rows are
// computed when they are asked for, so that memory stays small.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auris/models/language/llama/llama_config.h"
#include "auris/nn/load_options.h"
#include "auris/weights/checkpoint.h"

namespace auris::models {

// Where rows of q and k stand (llama_row_order.h), and whether Gemma's norm weights are stored less one.
enum class LlamaLayout { kHuggingFace, kGguf };

// What training made of parameters, by the model's own names: host, f32, in the checkpoint's order of rows.
using TrainedTensors = std::map<std::string, Tensor, std::less<>>;

class MergedWeights {
 public:
  // `config` of the checkpoint; `adapter` as load_llama takes it, or none; `trained` stand in the place of
  // the checkpoint's. Throws kModel as load_llama does, kUsage for trained ones that do not fit.
  MergedWeights(std::shared_ptr<const weights::Checkpoint> source, const LlamaConfig& config,
                const nn::AdapterSource& adapter = {}, const TrainedTensors& trained = {});

  // That of the checkpoint with what only its tensors tell: biases, rope_factors, and no tied embeddings
  // where the adapter parts the output matrix from the table.
  const LlamaConfig& config() const { return config_; }

  bool has_adapter() const { return !adapter_.empty(); }

  // The model's own names (nn/parameters.h), without rope_freqs.weight.
  std::vector<std::string> names() const;
  Shape shape_of(const std::string& name) const;
  // Rows of a matrix, elements of a vector.
  int64_t rows_of(const std::string& name) const;

  // Rows [begin, begin + count) in the order of `layout`, into `out`.
  void read(const std::string& name, LlamaLayout layout, int64_t begin, int64_t count, float* out) const;
  // All of it.
  Tensor value(const std::string& name, LlamaLayout layout) const;
  // The checkpoint's own tensor where it is what read() gives, else an undefined one.
  Tensor unchanged(const std::string& name, LlamaLayout layout) const;

  // What the frequencies of the rotation are divided by (Llama 3 in GGUF files, [head_dim / 2]); undefined
  // without.
  Tensor rope_divisors() const { return find("rope_freqs.weight"); }

 private:
  using Order = std::shared_ptr<const std::vector<int32_t>>;

  Tensor find(const std::string& name) const;
  // Where a parameter's numbers stand: a parted output matrix begins as the embedding table.
  const std::string& base_of(const std::string& name) const;
  Order source_order(const std::string& name) const;
  Order target_order(const std::string& name, LlamaLayout layout) const;
  float norm_shift(const std::string& name, LlamaLayout layout) const;

  LlamaConfig config_;
  std::map<std::string, Tensor> tensors_;   // by our names, in the checkpoint's order of rows
  std::map<std::string, LowRank> adapter_;  // by layer; b in Hugging Face's order
};

}  // namespace auris::models
