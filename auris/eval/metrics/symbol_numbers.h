#pragma once
// Numbers for the words or characters of a reference and a hypothesis, as the edit alignment wants them:
// equal texts have equal numbers, and those of the reference come first. Texts must outlive the object's use;
// its memory is used again from one pair to the next.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace auris::eval {

class SymbolNumbers {
 public:
  void number(std::span<const std::string_view> reference, std::span<const std::string_view> hypothesis);
  std::span<const int32_t> reference() const { return reference_; }
  std::span<const int32_t> hypothesis() const { return hypothesis_; }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t pair = 0;  // the slot is empty unless it was filled for this pair
    int32_t number = 0;
    std::string_view text;
  };
  int32_t number_of(std::string_view text);

  std::vector<Slot> slots_;  // open addressing; a power of two
  uint32_t pair_ = 0;
  int32_t used_ = 0;
  std::vector<int32_t> reference_, hypothesis_;
};

// The parts of `text` between white space of any kind (Unicode), without empty ones; appended to `words`.
void split_words(std::string_view text, std::vector<std::string_view>& words);
// Without the white space at its ends.
std::string_view stripped(std::string_view text);
// Its code points, one by one; appended. A byte that is no part of UTF-8 counts as a code point.
void split_characters(std::string_view text, std::vector<std::string_view>& characters);

}  // namespace auris::eval
