#pragma once
// What happens to text before it is cut into words. Reference: the normalizers of the Hugging Face tokenizers
// library.
//
// Tokens with "normalized": true are looked for in normalized text, but only where the text was trusted. So a
// normalizer carries for each byte whether it came from trusted text alone.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auris/text/pattern.h"

namespace auris::text {

struct NormalText {
  std::string text;
  std::string trust;    // one byte for each byte of text, 0 or 1; empty when nobody asks
  bool tracks = false;  // whether trust is kept

  // Appends text that came from in.text[begin, end): trusted if all of that was.
  void append(std::string_view made, const NormalText& in, size_t begin, size_t end);
};

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(NormalText& text) const = 0;
};
using Normalizers = std::vector<std::unique_ptr<const Normalizer>>;

enum class UnicodeForm { kNfc, kNfd, kNfkc, kNfkd };
std::unique_ptr<const Normalizer> unicode_form(UnicodeForm form);
std::unique_ptr<const Normalizer> lowercase();
std::unique_ptr<const Normalizer> replace(Pattern pattern, std::string content);
std::unique_ptr<const Normalizer> prepend(std::string content);
std::unique_ptr<const Normalizer> strip(bool left, bool right);
// SentencePiece's compiled normalization rules (T5, XLM-R), decoded from base64. Throws kModel if they are
// damaged.
std::unique_ptr<const Normalizer> precompiled(std::string charsmap);

}  // namespace auris::text
