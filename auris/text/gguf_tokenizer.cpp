// Vocabularies from the "tokenizer.ggml.*" keys of a GGUF file. Reference: llama.cpp, src/llama-vocab.cpp.

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/bpe_model.h"
#include "auris/text/gguf_pre_tokenizers.h"
#include "auris/text/gguf_vocabulary.h"
#include "auris/text/pipeline_tokenizer.h"
#include "auris/text/spm_model.h"

namespace auris::text {
namespace {

using nlohmann::json;

// By GGUF's name for it, or one of its other names.
const GgufPreTokenizer& pre_tokenizer_named(const std::string& name) {
  std::string_view known = name;
  if (name == "llama3" || name == "llama-v3") known = "llama-bpe";
  if (name == "gpt2" || name == "default" || name.empty()) known = "gpt-2";
  const auto* found = std::find_if(kGgufPreTokenizers.begin(), kGgufPreTokenizers.end(),
                                   [&](const GgufPreTokenizer& pre) { return pre.name == known; });
  if (found != kGgufPreTokenizers.end()) return *found;
  throw Error(ErrorCode::kModel, {.where = "GGUF tokenizer.ggml.pre",
                                  .expected = "gpt-2, smollm, llama-bpe, qwen2 or default",
                                  .got = auris::quoted(name),
                                  .hint = "load this model from its folder with tokenizer.json"});
}

PreTokenizers steps_of(const GgufPreTokenizer& pre) {
  PreTokenizers steps;
  if (pre.digits_apart) steps.push_back(split_digits(true));
  if (pre.pattern.empty()) {
    steps.push_back(byte_level(false, true));
  } else {
    steps.push_back(split_by(Pattern::regex(pre.pattern), Delimiter::kIsolated, false));
  }
  return steps;
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
  const GgufPreTokenizer& pre = pre_tokenizer_named(source.pre);
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
                                                      .ignore_merges = pre.ignore_merges,
                                                      .unknown = {},
                                                      .continuing_prefix = {},
                                                      .end_suffix = {}},
                                           source.never_from_text(), false);
  if (pre.compose) parts.normalizers.push_back(unicode_form(UnicodeForm::kNfc));
  parts.pre_tokenizers = steps_of(pre);
  parts.decoders.push_back(decode_byte_level());
  if (source.add_bos.value_or(pre.add_bos) && source.bos) parts.prefix.push_back(*source.bos);
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
