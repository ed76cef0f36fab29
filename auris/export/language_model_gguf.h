#pragma once
// A language model as one GGUF file, which Auris and llama.cpp load: weights in any type, an adapter
// multiplied in, the tokenizer and the chat template.
//
//   export_gguf("runs/nano/model", "nano-text.gguf", {.type = DType::kQ8_0});

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "auris/models/language/llama/merged_weights.h"
#include "auris/tensor/dtype.h"

namespace auris::models {

struct GgufExportOptions {
  DType type = DType::kF16;  // of matrices (gguf_tensor_types.h: some keep more)
  std::string name = {};     // general.name; empty: the model's own
  std::string licence =
      {};  // general.license, an SPDX identifier; empty: what the model's files say, if anything
  // (tensors written, in all), now and then; false stops with kCancelled.
  std::function<bool(int64_t, int64_t)> progress = {};
  TrainedTensors trained = {};  // of the language model, instead of its own
};

struct GgufExportReport {
  std::string architecture;  // "llama", "qwen2", "qwen3", "gemma3"
  bool merged_adapter = false;
  int64_t tensors = 0;
  std::map<DType, int64_t> tensors_by_type = {};
  uint64_t bytes = 0;  // of the file
};

// `model`: a GGUF file or a Hugging Face folder of the llama family, or the folder of an audio language
// model, whose language model is written with its adapter; its encoder and projector are not. The file
// appears whole or not at all. Tensors that nothing changes are copied as they are; others are computed row
// by row, so that memory stays small.
//
// Throws kModel for models that cannot be read; kUsage for any other kind of model, for a config or a
// tokenizer that GGUF cannot say, for numbers that are not finite or too large for the type; kInput if the
// system refuses to write.
GgufExportReport export_gguf(const std::filesystem::path& model, const std::filesystem::path& file,
                             const GgufExportOptions& options = {});

}  // namespace auris::models
