#pragma once
// The body of the weights fuzzers.

#include <cstddef>
#include <cstdint>
#include <span>

#include "auris/base/error.h"
#include "auris/weights/parsed_file.h"

namespace auris::weights {

// Parses, then reads every byte of every tensor. An error other than kModel, or a tensor whose bytes do not
// match its shape, escapes as an exception and so ends the fuzzer.
template <typename Parse>
void fuzz_parser(Parse parse, const uint8_t* data, size_t size) {
  auto bytes = std::as_bytes(std::span(data, size));
  try {
    ParsedFile file = parse(bytes);
    volatile uint8_t sum = 0;
    for (const ParsedTensor& tensor : file.tensors) {
      AURIS_CHECK(Tensor::borrow(nullptr, tensor.bytes, tensor.info.shape, tensor.info.dtype).bytes() ==
                  tensor.bytes.size());
      for (std::byte byte : tensor.bytes) sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(byte));
    }
    AURIS_CHECK(file.metadata.is_object());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kModel) throw;
  }
}

}  // namespace auris::weights
