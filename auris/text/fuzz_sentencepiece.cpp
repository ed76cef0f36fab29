// Any bytes as a SentencePiece .model file. Only auris::Error may come out.

#include <cstdint>
#include <string_view>

#include "auris/base/error.h"
#include "auris/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::text;
  try {
    const auto tokenizer = parse_sentencepiece({reinterpret_cast<const char*>(data), size});
    const auto ids = tokenizer->encode(" Hello  wörld 123 ﬁ\n\t\xff", true);
    tokenizer->decode(ids, true);
  } catch (const auris::Error&) {
  }
  return 0;
}
