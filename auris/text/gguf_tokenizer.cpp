// Vocabularies from the "tokenizer.ggml.*" keys of a GGUF file. Reference: llama.cpp, src/llama-vocab.cpp.

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/bpe_model.h"
#include "auris/text/gguf_vocabulary.h"
#include "auris/text/pipeline_tokenizer.h"
#include "auris/text/spm_model.h"

namespace auris::text {
namespace {

using nlohmann::json;

// The regular expressions of the original tokenizers (their tokenizer.json), by GGUF's name for them.
constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct PreKind {
  PreTokenizers steps;
  bool ignore_merges = false;
  bool add_bos = false;
  bool compose = false;  // NFC first
};

PreKind pre_kind(const std::string& name) {
  PreKind kind;
  if (name == "llama-bpe" || name == "llama3" || name == "llama-v3") {
    kind.steps.push_back(split_by(Pattern::regex(kLlama3Pattern), Delimiter::kIsolated, false));
    kind.ignore_merges = true;
    kind.add_bos = true;
  } else if (name == "qwen2") {
    kind.steps.push_back(split_by(Pattern::regex(kQwen2Pattern), Delimiter::kIsolated, false));
    kind.compose = true;
  } else if (name == "smollm") {
    kind.steps.push_back(split_digits(true));
    kind.steps.push_back(byte_level(false, true));
  } else if (name == "gpt-2" || name == "gpt2" || name == "default" || name.empty()) {
    kind.steps.push_back(byte_level(false, true));
  } else {
    throw Error(ErrorCode::kModel, {.where = "GGUF tokenizer.ggml.pre",
                                    .expected = "gpt-2, smollm, llama-bpe, qwen2 or default",
                                    .got = auris::quoted(name),
                                    .hint = "load this model from its folder with tokenizer.json"});
  }
  return kind;
}

void fill_tokens(const GgufVocabulary& source, PipelineParts& parts) {
  parts.vocabulary = source.vocabulary;
  for (TokenId id = 0; id < source.vocabulary->size(); ++id) {
    const GgufTokenType type = source.types[static_cast<size_t>(id)];
    const bool special = type == GgufTokenType::kControl || type == GgufTokenType::kUnknown;
    if (special || type == GgufTokenType::kUserDefined) {
      parts.added_tokens.push_back(
          {.content = std::string(source.vocabulary->text(id)), .id = id, .special = special});
    }
  }
  parts.bos = source.bos;
  parts.eos = source.eos;
}

std::shared_ptr<const Tokenizer> byte_level_tokenizer(const GgufVocabulary& source) {
  PreKind kind = pre_kind(source.pre);
  PipelineParts parts;
  fill_tokens(source, parts);
  BpeModel::MergeList merges;
  for (const std::string& merge : source.merges) {
    const std::string_view text = merge;
    const size_t space = text.find(' ', 1);  // a part may itself begin with a space
    if (space == std::string_view::npos) {
      throw Error(ErrorCode::kModel, {.where = "GGUF tokenizer.ggml.merges",
                                      .expected = "two parts",
                                      .got = auris::quoted(text),
                                      .hint = ""});
    }
    merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  parts.model = std::make_unique<BpeModel>(source.vocabulary, merges,
                                           BpeOptions{.bytes = true,
                                                      .ignore_merges = kind.ignore_merges,
                                                      .unknown = {},
                                                      .continuing_prefix = {},
                                                      .end_suffix = {}},
                                           source.never_from_text(), false);
  if (kind.compose) parts.normalizers.push_back(unicode_form(UnicodeForm::kNfc));
  parts.pre_tokenizers = std::move(kind.steps);
  parts.decoders.push_back(decode_byte_level());
  if (source.add_bos.value_or(kind.add_bos) && source.bos) parts.prefix.push_back(*source.bos);
  return make_pipeline_tokenizer(std::move(parts));
}

std::shared_ptr<const Tokenizer> spm_tokenizer(const GgufVocabulary& source) {
  PipelineParts parts;
  fill_tokens(source, parts);
  parts.model = std::make_unique<SpmModel>(source);
  if (source.add_space_prefix) parts.normalizers.push_back(prepend(" "));
  parts.normalizers.push_back(replace(Pattern::literal(" "), "\u2581"));
  parts.decoders.push_back(decode_replace(Pattern::literal("\u2581"), " "));
  parts.decoders.push_back(decode_byte_fallback());
  parts.decoders.push_back(decode_fuse());
  if (source.add_space_prefix) parts.decoders.push_back(decode_strip(" ", 1, 0));
  if (source.add_bos.value_or(true) && source.bos) parts.prefix.push_back(*source.bos);
  return make_pipeline_tokenizer(std::move(parts));
}

}  // namespace

std::shared_ptr<const Tokenizer> tokenizer_from_gguf(const json& metadata) {
  const GgufVocabulary source = read_gguf_vocabulary(metadata);
  if (source.model == "gpt2") return byte_level_tokenizer(source);
  if (source.model == "llama") return spm_tokenizer(source);
  throw Error(ErrorCode::kModel, {.where = "GGUF tokenizer.ggml.model",
                                  .expected = "gpt2 or llama",
                                  .got = auris::quoted(source.model),
                                  .hint = "load this model from its folder with tokenizer.json"});
}

}  // namespace auris::text
