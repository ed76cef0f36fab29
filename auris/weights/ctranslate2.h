#pragma once
// CTranslate2's model.bin, binary versions 4 to 6 (python/ctranslate2/specs/model_spec.py and
// src/models/model.cc).

#include <cstddef>
#include <span>

#include "auris/weights/parsed_file.h"

namespace auris::weights {

// i16 weights are unreadable (CTranslate2 scales them by one number for the whole tensor, and nobody ships
// them); i16 variables without dimensions are attributes. Throws kModel for anything that the format does not
// allow, and for an i8 X/weight whose X/weight_scale is not f32 with one number per row.
ParsedFile parse_ctranslate2(std::span<const std::byte> bytes);

}  // namespace auris::weights
