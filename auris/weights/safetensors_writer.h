#pragma once
// Writes safetensors files: what Auris trains, and small checkpoints for tests.

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "auris/tensor/tensor.h"

namespace auris::weights {

struct NamedTensor {
  std::string name;
  Tensor tensor;  // host memory, f32, f16, bf16, i32 or i8
};

// Writes `tensors` and the header's own text pairs. Tensors are laid out as the reference implementation does
// it: larger element types first, then by name, each aligned to its element. The file appears whole or not at
// all. Throws kUsage for quantized blocks, empty tensors, doubled or unusable names, and when the system
// refuses to write.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace auris::weights
