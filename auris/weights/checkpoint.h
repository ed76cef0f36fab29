#pragma once
// An opened checkpoint: named tensors and metadata, whatever the file format. Tensors are views into the
// mapped file: nothing is copied. Every parser treats its file as hostile and throws kModel before it
// allocates or reads out of bounds. An i8 tensor X/weight of CTranslate2 has its row scales in X/weight_scale
// (f32, [rows]).
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

// A tensor that is in the file and whole, but that Auris cannot compute with.
struct UnreadableTensor {
  std::string name;
  std::string reason;  // "type I64", "5 dimensions", "type F32 with no elements"
};

class Checkpoint {
 public:
  virtual ~Checkpoint() = default;

  virtual Format format() const = 0;
  virtual const std::filesystem::path& path() const = 0;  // the file, or the folder for several files
  // Where the files that belong to it lie: config.json, tokenizer.json, ...
  std::filesystem::path folder() const {
    return std::filesystem::is_directory(path()) ? path() : path().parent_path();
  }

  // Metadata, always an object. Strings are as the file has them, which need not be UTF-8 in GGUF: dump()
  // them with an error handler.
  //   GGUF         the key-value pairs, flat: "llama.block_count": 30; arrays as JSON arrays
  //   safetensors  config.json beside the file, if there is one; the header's own pairs as "__metadata__"
  //   CTranslate2  config.json beside model.bin, if there is one; "spec", "revision", "binary_version";
  //   "attributes":
  //                every variable without dimensions, as a number ("decoder/num_heads": 8); "aliases": alias
  //                -> name
  virtual const nlohmann::json& metadata() const = 0;

  virtual const std::vector<TensorInfo>& tensors()
      const = 0;  // in file order, shard after shard; aliases are not listed
  virtual const std::vector<UnreadableTensor>& unreadable() const = 0;
  // True for tensors, aliases and unreadable tensors.
  virtual bool contains(std::string_view name) const = 0;
  // Throws kModel: with the nearest names as a hint if there is none of this name, with the reason if it is
  // unreadable.
  virtual Tensor tensor(std::string_view name) const = 0;
  // Undefined tensor if absent.
  Tensor find(std::string_view name) const { return contains(name) ? tensor(name) : Tensor(); }
};

// Opens a file (content decides: GGUF, safetensors, CTranslate2 or a model.safetensors.index.json) or a
// folder that holds one of model.safetensors, model.safetensors.index.json with its shards, a CTranslate2
// model.bin, or a single .gguf or .safetensors file, looked for in this order.
std::shared_ptr<const Checkpoint> open_checkpoint(const std::filesystem::path& path);

}  // namespace auris::weights
