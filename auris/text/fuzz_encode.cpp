// Any bytes as text, part of it trusted, through vocabularies of every kind: byte-level BPE gives valid text
// back, no id is outside the vocabulary, no control mark comes from untrusted text, and the stream decoder
// agrees with decode.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "auris/text/golden_path.h"
#include "auris/text/stream_decoder.h"
#include "auris/text/tokenizer.h"
#include "auris/text/utf8.h"

namespace {

using namespace auris::text;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Subject {
  std::shared_ptr<const Tokenizer> tokenizer;
  bool bytes;  // byte-level without a normalizer: text survives
};

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> kSubjects = [] {
    std::vector<Subject> made;
    for (const char* name :
         {"gpt2", "llama-3", "tekken", "qwen2", "gemma", "mistral-metaspace", "t5", "parts"}) {
      const std::string file = std::string(name) + ".tokenizer.json";
      made.push_back({load_tokenizer_json(golden_path(file)), made.size() < 3});
    }
    for (const char* name : {"sentencepiece-unigram.model", "sentencepiece-bpe.model"}) {
      made.push_back({load_sentencepiece(golden_path(name)), false});
    }
    return made;
  }();
  return kSubjects;
}

void check(const Subject& subject, const std::string& bytes, size_t cut) {
  const Tokenizer& tokenizer = *subject.tokenizer;
  for (const TokenId id : tokenizer.encode(bytes)) {
    const auto unknown = tokenizer.find("<unk>");
    require(id >= 0 && id < tokenizer.vocab_size());
    require(!tokenizer.is_special(id) || id == unknown);
  }
  MarkedText text;
  text.append(bytes.substr(0, cut), false);
  text.append(bytes.substr(cut), true);
  const auto ids = tokenizer.encode(text);
  if (!subject.bytes) return;
  const std::string decoded = tokenizer.decode(ids, true);
  require(decoded == to_valid_utf8(bytes));
  StreamDecoder decoder(tokenizer, true);
  std::string streamed;
  for (const TokenId id : ids) streamed += decoder.push(id);
  require(streamed + decoder.finish() == decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Subject& subject : subjects()) check(subject, bytes, data[0] % bytes.size());
  return 0;
}
