#pragma once
// Numbers of the GGUF format that reader and writer share
// (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).

#include <cstdint>

#include "auris/tensor/dtype.h"

namespace auris::weights::gguf {

// Of metadata values.
enum ValueType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
};

inline constexpr uint64_t kMaxKeyBytes = 65535;    // the specification's bound
inline constexpr uint32_t kDefaultAlignment = 32;  // of tensors, in bytes from the first one's place

// The number of a tensor's type.
uint32_t type_number(DType dtype);

}  // namespace auris::weights::gguf
