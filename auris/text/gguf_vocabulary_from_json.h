#pragma once
// A tokenizer.json as the vocabulary of a GGUF file. Reference: llama.cpp, convert_hf_to_gguf.py.

#include <filesystem>
#include <string_view>

#include "auris/text/gguf_vocabulary.h"

namespace auris::text {

// Byte-level BPE whose words are cut in one of the ways that GGUF has names for. Ids that have no token
// become
// "[PAD7]", unused. Beginning and end of text are those of load_tokenizer_json(). Throws kModel for a damaged
// file; kUsage for any other kind of tokenizer.
GgufVocabulary gguf_vocabulary_from_json(const std::filesystem::path& path);
// The same by the text alone, without the files beside it.
GgufVocabulary parse_gguf_vocabulary_json(std::string_view json);

}  // namespace auris::text
