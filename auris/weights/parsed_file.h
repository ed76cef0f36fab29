#pragma once
// What a parser found in the bytes of one weights file. Everything points into those bytes and nothing is
// copied; the parsers have checked that every tensor's bytes lie inside the file and are exactly as many as
// shape and type need.

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/weights/checkpoint.h"

namespace auris::weights {

struct ParsedTensor {
  TensorInfo info;
  std::span<const std::byte> bytes;
};

struct ParsedFile {
  nlohmann::json metadata = nlohmann::json::object();
  std::vector<ParsedTensor> tensors;  // in file order
  std::vector<UnreadableTensor> unreadable;
  std::vector<std::pair<std::string, std::string>> aliases;  // (alias, name of a tensor or unreadable tensor)
};

// Throws kModel.
[[noreturn]] void fail_model(const std::string& where, const std::string& expected, const std::string& got,
                             const std::string& hint = "");

bool is_utf8(std::string_view text);

// What is wrong with a name that Auris prints and looks things up by; empty if it is 1 to 1024 bytes of UTF-8
// without control characters. check_name throws it as kModel; `what` is "tensor name" or the like.
std::string name_problem(std::string_view name);
void check_name(const std::string& where, const char* what, std::string_view name);

// shape as text even when it has more than four extents or does not fit a Shape: "[3, 1, 2, 14, 14]".
std::string extents_text(std::span<const uint64_t> extents);

// The byte count of `extents` elements of which `block_elements` along the last extent take `block_bytes`.
// Throws kModel for a zero extent, an overflow, or a last extent that does not divide into blocks.
uint64_t checked_tensor_bytes(const std::string& where, std::string_view name,
                              std::span<const uint64_t> extents, uint64_t block_elements,
                              uint64_t block_bytes);

}  // namespace auris::weights
