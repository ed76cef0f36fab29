#pragma once
// Writes GGUF files, version 3, little endian. Tensors are passed in pieces, one after another, so that a
// model of any size is written with little memory. The file appears whole or not at all.
//
//   GgufWriter writer("model.gguf", metadata, {{"output_norm.weight", DType::kF32, {576}}, ...});
//   for (...) writer.write(bytes);   // of the first tensor, then of the second, ...
//   writer.commit();

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/weights/checkpoint.h"
#include "auris/weights/gguf_metadata.h"

namespace auris::weights {

class GgufWriter {
 public:
  // Throws kUsage for empty tensors, last extents that do not divide into blocks, doubled or unusable names,
  // an alignment among the metadata (it is the format's own, 32 bytes); kInput, as the other functions do, if
  // the system refuses to write.
  GgufWriter(const std::filesystem::path& path, const GgufMetadata& metadata,
             const std::vector<TensorInfo>& tensors);

  // The next bytes; a piece does not reach beyond its tensor.
  void write(std::span<const std::byte> bytes);
  // Throws kInternal unless all tensors are whole.
  void commit();

  uint64_t bytes() const { return position_; }  // written so far

 private:
  void put(std::span<const std::byte> bytes);
  void pad();

  AtomicFile file_;
  std::vector<uint64_t> sizes_;  // of the tensors
  size_t tensor_ = 0;            // being written
  uint64_t written_ = 0;         // of it
  uint64_t position_ = 0;
};

}  // namespace auris::weights
