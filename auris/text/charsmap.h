#pragma once
// SentencePiece's compiled normalization rules: a double-array trie (darts-clone) from characters to
// replacements. Layout: u32 size of the trie in bytes, the trie's u32 units, then the replacements, each
// ended by a zero byte; all little endian. References: sentencepiece, normalizer.cc; darts-clone, darts.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auris::text {

class Charsmap {
 public:
  // Throws kModel unless every step from every unit stays inside the trie and every replacement inside the
  // text, so that walking it (here, or in a library that does not check) cannot leave it.
  explicit Charsmap(const std::string& blob);

  // The replacement for the shortest rule that begins `text`, as in the reference.
  std::optional<std::string_view> find(std::string_view text) const;

 private:
  void check() const;

  std::vector<uint32_t> units_;
  std::string replacements_;
};

}  // namespace auris::text
