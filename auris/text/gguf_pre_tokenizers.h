#pragma once
// The ways to cut text into words that byte-level vocabularies have in GGUF files, by their names there
// (llama.cpp, src/llama-vocab.cpp), and what they are in a tokenizer.json.

#include <array>
#include <string_view>

namespace auris::text {

struct GgufPreTokenizer {
  std::string_view name;
  std::string_view pattern = {};  // of the words; empty: GPT-2's own
  bool digits_apart = false;      // each digit a word, before the pattern
  bool compose = false;           // NFC first
  bool ignore_merges = false;     // words that the vocabulary holds are taken whole
  bool add_bos = false;           // unless tokenizer.ggml.add_bos_token says otherwise
};

// The regular expressions are those of the original tokenizer.json files.
inline constexpr std::array<GgufPreTokenizer, 4> kGgufPreTokenizers{{
    {.name = "gpt-2"},
    {.name = "smollm", .digits_apart = true},
    {.name = "llama-bpe",
     .pattern =
         R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     .ignore_merges = true,
     .add_bos = true},
    {.name = "qwen2",
     .pattern =
         R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     .compose = true},
}};

}  // namespace auris::text
