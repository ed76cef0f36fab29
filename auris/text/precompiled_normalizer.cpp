// SentencePiece's compiled normalization rules: a double-array trie (darts-clone) from characters to
// replacements. Layout: u32 size of the trie in bytes, the trie's u32 units, then the replacements, each
// ended by a zero byte; all little endian. References: sentencepiece, normalizer.cc; darts-clone, darts.h;
// Hugging Face spm_precompiled.

#include <utf8proc.h>

#include <cstring>

#include "auris/base/error.h"
#include "auris/text/charsmap.h"
#include "auris/text/normalizer.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

class Precompiled final : public Normalizer {
 public:
  explicit Precompiled(const std::string& charsmap) : map_(charsmap) {}

  // As in the reference: a grapheme cluster below 6 bytes is looked up as a whole, else character by
  // character.
  void apply(NormalText& text) const override {
    NormalText out;
    out.tracks = text.tracks;
    const std::string_view in = text.text;
    for (size_t i = 0; i < in.size();) {
      const size_t end = end_of_cluster(in, i);
      if (end - i < 6) {
        if (const auto made = map_.find(in.substr(i, end - i))) {
          out.append(*made, text, i, end);
          i = end;
          continue;
        }
      }
      while (i < end) {
        const size_t length = character_at(in, i).length;
        const std::string_view part = in.substr(i, length);
        out.append(map_.find(part).value_or(part), text, i, i + length);
        i += length;
      }
    }
    text = std::move(out);
  }

 private:
  static size_t end_of_cluster(std::string_view text, size_t begin) {
    Character character = character_at(text, begin);
    utf8proc_int32_t state = 0;
    for (size_t i = begin + character.length; i < text.size(); i += character.length) {
      const Character next = character_at(text, i);
      if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(character.code),
                                           static_cast<utf8proc_int32_t>(next.code), &state)) {
        return i;
      }
      character = next;
    }
    return text.size();
  }

  Charsmap map_;
};

}  // namespace

std::unique_ptr<const Normalizer> precompiled(std::string charsmap) {
  return std::make_unique<Precompiled>(std::move(charsmap));
}

}  // namespace auris::text
