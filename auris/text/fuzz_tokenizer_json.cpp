// Any bytes as a tokenizer.json: parse, encode, decode; and as the vocabulary of a GGUF file, which reads as
// it was written. Only auris::Error may come out.

#include <cstdint>
#include <string_view>

#include "auris/base/error.h"
#include "auris/text/gguf_vocabulary_from_json.h"
#include "auris/text/stream_decoder.h"
#include "auris/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::text;
  try {
    const auto tokenizer = parse_tokenizer_json({reinterpret_cast<const char*>(data), size});
    MarkedText text;
    text.append("<s> Hello  wörld 123 I'm\n\t\xff ", false);
    text.append("<|im_end|> a<s>\n", true);
    const auto ids = tokenizer->encode(text, true);
    tokenizer->decode(ids, true);
    StreamDecoder decoder(*tokenizer);
    for (const TokenId id : ids) decoder.push(id);
    decoder.finish();
    const GgufVocabulary vocabulary = parse_gguf_vocabulary_json({reinterpret_cast<const char*>(data), size});
    const GgufVocabulary again = read_gguf_vocabulary(gguf_metadata_of(vocabulary));
    if (again.types != vocabulary.types || again.merges != vocabulary.merges) __builtin_trap();
  } catch (const auris::Error&) {
  }
  return 0;
}
