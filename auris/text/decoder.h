#pragma once
// From token strings back to text. Reference: the decoders of the Hugging Face tokenizers library, of the
// same names.

#include <memory>
#include <string>
#include <vector>

#include "auris/text/pattern.h"

namespace auris::text {

class Decoder {
 public:
  virtual ~Decoder() = default;
  // Changes the strings of a whole text; the text is their concatenation after the last step.
  virtual void apply(std::vector<std::string>& tokens) const = 0;
  // Changes the string of one token into the bytes it stands for, whatever stands beside it.
  virtual void apply_to_piece(std::string& token) const = 0;
};
using Decoders = std::vector<std::unique_ptr<const Decoder>>;

std::unique_ptr<const Decoder> decode_byte_level();
std::unique_ptr<const Decoder> decode_byte_fallback();
std::unique_ptr<const Decoder> decode_fuse();
std::unique_ptr<const Decoder> decode_replace(Pattern pattern, std::string content);
// Removes up to `start` and `stop` characters `content` at the ends of each string.
std::unique_ptr<const Decoder> decode_strip(std::string content, size_t start, size_t stop);
std::unique_ptr<const Decoder> decode_metaspace(std::string replacement, bool drop_first);

}  // namespace auris::text
