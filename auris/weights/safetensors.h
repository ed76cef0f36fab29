#pragma once
// safetensors (https://github.com/huggingface/safetensors): u64 header size, a JSON header, the tensors'
// bytes.

#include <cstddef>
#include <span>
#include <string_view>

#include "auris/weights/parsed_file.h"

namespace auris::weights {

// The header's "__metadata__" becomes metadata["__metadata__"]. Throws kModel for anything that the format
// does not allow: headers over 100 MB, duplicate names, overlaps or holes between tensors, bytes behind the
// last one.
ParsedFile parse_safetensors(std::span<const std::byte> bytes);

// The format's names for types ("F32", "BF16"); nullptr for types it does not have.
const char* safetensors_type(DType dtype);

}  // namespace auris::weights
