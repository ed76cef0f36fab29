#pragma once
// Token by token to text, for streaming: each push returns the text that is certain by now, always valid
// UTF-8. A character whose last bytes have not come yet is held back.
//
//   StreamDecoder decoder(*tokenizer);
//   for (TokenId id : ids) print(decoder.push(id));
//   print(decoder.finish());
//
// The pieces together are tokenizer.decode(ids). One exception: byte tokens of a byte-fallback vocabulary
// that do not form UTF-8; decode() replaces the whole run of them, a stream has already shown its good
// beginning.

#include <string>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::text {

class StreamDecoder {
 public:
  // The tokenizer must outlive the decoder. Special tokens are left out unless with_special.
  explicit StreamDecoder(const Tokenizer& tokenizer, bool with_special = false)
      : tokenizer_(tokenizer), with_special_(with_special) {}

  std::string push(TokenId id);
  // What is held back, a broken character as U+FFFD. The decoder is as new afterwards.
  std::string finish();

 private:
  struct Tail {
    size_t clean = 0;         // tokens of window_ before this one end at a character border
    bool unfinished = false;  // the bytes end within a character
    bool inside = false;      // which began within a token
  };
  Tail tail() const;
  std::string release(size_t end);
  std::string release_inside();

  const Tokenizer& tokenizer_;
  bool with_special_;
  // Decoders look at what stands before a token (a leading space is dropped at the beginning of a text only),
  // so the last released tokens stay as context: window_ = context_ tokens of released text, then those that
  // are held back.
  std::vector<TokenId> window_;
  size_t context_ = 0;
  std::string shown_;  // what decode(window_) begins with and was returned already
};

}  // namespace auris::text
