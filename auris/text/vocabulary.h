#pragma once
// The strings of a vocabulary, by id and by text. Ids may have holes; texts should be unique (the last one
// wins a look-up, as in the reference). Holds all texts in one buffer, so that 150,000 of them load in
// milliseconds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::text {

class Vocabulary {
 public:
  // One more than the largest id, holes included.
  int64_t size() const { return static_cast<int64_t>(places_.size()); }
  // How many ids have a text.
  int64_t count() const { return count_; }

  void reserve(size_t tokens, size_t bytes);
  // Throws kModel for a negative id, an id far beyond the number of tokens (so that a small file cannot claim
  // a large table), and more than 4 GiB of text.
  void add(TokenId id, std::string_view text);

  bool contains(TokenId id) const {
    return id >= 0 && id < size() && places_[static_cast<size_t>(id)].begin != kHole;
  }
  // Empty for a hole. Throws kUsage for an id outside [0, size).
  std::string_view text(TokenId id) const;
  std::optional<TokenId> find(std::string_view text) const;

 private:
  static constexpr uint32_t kHole = UINT32_MAX;
  struct Place {
    uint32_t begin = kHole;
    uint32_t length = 0;
  };
  void insert_slot(TokenId id);
  void rehash(size_t slots);

  std::string texts_;
  std::vector<Place> places_;
  std::vector<TokenId> slots_;  // open addressing; -1 is free; the size is a power of two
  size_t used_slots_ = 0;       // also those of ids that were given another text since
  int64_t count_ = 0;
};

}  // namespace auris::text
