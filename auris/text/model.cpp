#include "auris/text/model.h"

namespace auris::text {
namespace {

size_t cut_of(std::string_view word) {
  const std::string_view head = word.substr(0, kMaxWordBytes);
  const size_t space = std::max(head.rfind(' ') + 1, head.rfind("\u2581") + 1);  // npos + 1 is 0
  if (space > 1) return space - 1;
  size_t cut = kMaxWordBytes;
  while ((static_cast<uint8_t>(word[cut]) & 0xC0) == 0x80) --cut;
  return cut;
}

}  // namespace

void encode_in_parts(const Model& model, std::string_view word, std::vector<TokenId>& out) {
  while (word.size() > kMaxWordBytes) {
    const size_t cut = cut_of(word);
    model.encode(word.substr(0, cut), out);
    word.remove_prefix(cut);
  }
  if (!word.empty()) model.encode(word, out);
}

}  // namespace auris::text
