#pragma once
// Working memory of kernels: one buffer per thread and purpose, which grows to the largest size ever asked
// for and then stays, so that an op allocates nothing but its result. A buffer's contents last until the same
// thread asks for the same purpose again.

#include <cstdint>

#include "auris/tensor/tensor.h"

namespace auris::cpu {

enum class Purpose {
  kPackedInput,    // rows of x in the order in which the micro-kernel reads them; shared by all threads of a
                   // job
  kPackedWeights,  // a panel of dequantized weights
  kSecondResult,   // the `up` half of a gated product
  kVectors,        // biases and scales as f32
  kKeysValues,     // keys and values of attention without a cache, as pages
  kKeyBias,        // their key biases, page after page
  kPartials,       // attention over a part of the context
  kQueries,        // one block of query rows
  kScores,         // their scores against one chunk
  kCount,
};

// At least `count` floats, aligned to 64 bytes.
float* scratch(Purpose purpose, int64_t count);

}  // namespace auris::cpu
