#pragma once
// GGUF, versions 2 and 3, little endian (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).

#include <cstddef>
#include <span>

#include "auris/weights/parsed_file.h"

namespace auris::weights {

// Throws kModel for anything that the format does not allow, and for these bounds of ours: 4,194,304 elements
// in all metadata arrays together, arrays nested 4 deep, alignment from 8 bytes to 1 MiB.
ParsedFile parse_gguf(std::span<const std::byte> bytes);

}  // namespace auris::weights
