#pragma once
// The linear layers of a block of a Whisper encoder, as Hugging Face's modules call them: what an adapter of
// "all" layers stands beside.

#include <array>
#include <string_view>

namespace auris::models {

inline constexpr std::array<std::string_view, 6> kWhisperLinears{"q_proj",   "k_proj", "v_proj",
                                                                 "out_proj", "fc1",    "fc2"};

}  // namespace auris::models
