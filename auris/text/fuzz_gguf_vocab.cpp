// Any JSON as the metadata of a GGUF file: read the vocabulary, encode, decode. Only auris::Error may come
// out.

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::text;
  const auto metadata = nlohmann::json::parse(data, data + size, nullptr, false);
  if (metadata.is_discarded()) return 0;
  try {
    const auto tokenizer = tokenizer_from_gguf(metadata);
    MarkedText text;
    text.append(" Hello  wörld 123\n\t\xff", false);
    text.append("<s>ab ", true);
    const auto ids = tokenizer->encode(text, true);
    tokenizer->decode(ids, true);
    for (const TokenId id : ids) tokenizer->piece(id);
  } catch (const auris::Error&) {
  }
  return 0;
}
