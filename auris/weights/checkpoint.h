#pragma once
// An opened checkpoint: named tensors and metadata, whatever the file format. Tensors are views into the mapped file:
// nothing is copied. Every parser treats its file as hostile and throws kModel before it allocates or reads out of
// bounds.
//
//   auto checkpoint = weights::open_checkpoint("SmolLM2-135M-Instruct.Q4_1.gguf");
//   Tensor table = checkpoint->tensor("token_embd.weight");   // [49152, 576] q8_0, in place

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/tensor/tensor.h"

namespace auris::weights {

enum class Format { kGguf, kSafetensors, kCTranslate2 };
std::string_view name_of(Format format);

struct TensorInfo {
  std::string name;
  DType dtype;
  Shape shape;  // row-major, outermost first (GGUF's order is reversed on reading)
};

class Checkpoint {
 public:
  virtual ~Checkpoint() = default;

  virtual Format format() const = 0;
  virtual const std::filesystem::path& path() const = 0;  // the file, or the folder for several files

  // Metadata: GGUF's key-value pairs as one flat object ("llama.block_count": 30, arrays as JSON arrays); config.json of
  // a folder; {"spec", "revision", "binary_version"} plus config.json for CTranslate2.
  virtual const nlohmann::json& metadata() const = 0;

  virtual const std::vector<TensorInfo>& tensors() const = 0;  // in file order
  virtual bool contains(std::string_view name) const = 0;
  // Throws kModel with the nearest names as a hint.
  virtual Tensor tensor(std::string_view name) const = 0;
  // Undefined tensor if absent.
  Tensor find(std::string_view name) const { return contains(name) ? tensor(name) : Tensor(); }
};

// Opens a file (content decides) or a folder that holds config.json with model.safetensors, a sharded index, a
// CTranslate2 model.bin, or a single GGUF file.
std::shared_ptr<const Checkpoint> open_checkpoint(const std::filesystem::path& path);

}  // namespace auris::weights
