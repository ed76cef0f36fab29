#pragma once
// The linear layers of a block of the llama family, as Hugging Face's modules call them: what an adapter of
// "all" layers stands beside.

#include <array>
#include <string_view>

namespace auris::models {

inline constexpr std::array<std::string_view, 7> kLlamaLinears{"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                                               "gate_proj", "up_proj", "down_proj"};

}  // namespace auris::models
