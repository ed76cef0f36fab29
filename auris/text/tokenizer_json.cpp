// tokenizer.json of the Hugging Face tokenizers library.

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/text/bpe_model.h"
#include "auris/text/json_fields.h"
#include "auris/text/json_parts.h"
#include "auris/text/pipeline_tokenizer.h"
#include "auris/text/tokenizer_file.h"
#include "auris/text/unigram_model.h"
#include "auris/text/utf8.h"
#include "auris/text/whisper_timestamps.h"

namespace auris::text {
namespace {

using nlohmann::json;

// Model vocabulary first, then the added tokens; and the ids that ordinary text must never become: special tokens, and
// added tokens that the model itself does not know.
struct Tables {
  std::shared_ptr<Vocabulary> vocabulary = std::make_shared<Vocabulary>();
  std::vector<AddedToken> added;
  std::vector<TokenId> excluded;
};

void add_model_vocabulary(const TokenizerFile& file, Vocabulary& vocabulary) {
  size_t bytes = 0;
  for (const auto& [text, id] : file.vocab) bytes += text.size();
  for (const auto& [text, score] : file.scored_pieces) bytes += text.size();
  vocabulary.reserve(file.vocab.size() + file.scored_pieces.size() + 2048, bytes + 32768);
  for (const auto& [text, id] : file.vocab) vocabulary.add(id, text);
  TokenId next = 0;
  for (const auto& [text, score] : file.scored_pieces) vocabulary.add(next++, text);
}

AddedToken added_token_from(const json& item) {
  AddedToken token{.content = string_field(item, "content", ""),
                   .id = -1,
                   .special = bool_field(item, "special", false),
                   .single_word = bool_field(item, "single_word", false),
                   .left_strip = bool_field(item, "lstrip", false),
                   .right_strip = bool_field(item, "rstrip", false),
                   .normalized = bool_field(item, "normalized", true)};
  const int64_t id = integer_field(item, "id", -1);
  if (id < 0 || id > INT32_MAX) fail_field("added_tokens", "ids from 0 to 2^31 - 1", fmt::format("{}", id));
  token.id = static_cast<TokenId>(id);
  return token;
}

void add_added_tokens(const json& list, Tables& tables) {
  if (list.is_null()) return;
  if (!list.is_array()) fail_field("added_tokens", "an array", list.type_name());
  for (const json& item : list) {
    AddedToken token = added_token_from(item);
    if (token.content.empty()) continue;
    const auto known = tables.vocabulary->find(token.content);
    if (known) {
      token.id = *known;  // as in the reference, the model's own id wins
    } else if (tables.vocabulary->contains(token.id)) {
      fail_field("added_tokens", fmt::format("an id of its own for {}", auris::quoted(token.content)),
                 fmt::format("{}, which is {}", token.id, auris::quoted(tables.vocabulary->text(token.id))));
    } else {
      tables.vocabulary->add(token.id, token.content);
    }
    if (token.special || !known) tables.excluded.push_back(token.id);
    tables.added.push_back(std::move(token));
  }
}

std::unique_ptr<const Model> bpe_from(const TokenizerFile& file, const Tables& tables, bool bytes) {
  const json& model = child_of(file.rest, "model");
  BpeOptions options{.bytes = bytes,
                     .byte_fallback = bool_field(model, "byte_fallback", false),
                     .ignore_merges = bool_field(model, "ignore_merges", false),
                     .fuse_unknown = bool_field(model, "fuse_unk", false),
                     .unknown = optional_string_field(model, "unk_token"),
                     .continuing_prefix = string_field(model, "continuing_subword_prefix", ""),
                     .end_suffix = string_field(model, "end_of_word_suffix", "")};
  BpeModel::MergeList merges(file.merges.begin(), file.merges.end());
  return std::make_unique<BpeModel>(tables.vocabulary, merges, std::move(options), tables.excluded, true);
}

std::unique_ptr<const Model> unigram_from(const TokenizerFile& file, const Tables& tables) {
  const json& model = child_of(file.rest, "model");
  std::vector<double> scores;
  for (const auto& [text, score] : file.scored_pieces) scores.push_back(score);
  const int64_t unknown = integer_field(model, "unk_id", -1);
  if (unknown < -1 || unknown >= static_cast<int64_t>(scores.size())) {
    fail_field("unk_id", "an id of the vocabulary", fmt::format("{}", unknown));
  }
  return std::make_unique<UnigramModel>(tables.vocabulary, std::move(scores),
                                        UnigramOptions{.unknown = static_cast<TokenId>(unknown),
                                                       .byte_fallback = bool_field(model, "byte_fallback", false)},
                                        tables.excluded);
}

// A byte-level word can stay bytes if the model does nothing that needs characters.
bool takes_bytes(const json& model, const std::string& type) {
  return type == "BPE" && !bool_field(model, "byte_fallback", false) &&
         string_field(model, "continuing_subword_prefix", "").empty() &&
         string_field(model, "end_of_word_suffix", "").empty();
}

void check_ids(const std::vector<TokenId>& ids, const Vocabulary& vocabulary) {
  for (const TokenId id : ids) {
    if (!vocabulary.contains(id)) fail_field("post_processor", "ids of the vocabulary", fmt::format("{}", id));
  }
}

PipelineParts parts_from(std::string_view text) {
  const TokenizerFile file = read_tokenizer_file(text);
  const json& model = child_of(file.rest, "model");
  // Old files leave the type out; then merges mean BPE.
  const std::string type = string_field(model, "type", file.scored_pieces.empty() ? "BPE" : "Unigram");
  Tables tables;
  add_model_vocabulary(file, *tables.vocabulary);
  add_added_tokens(child_of(file.rest, "added_tokens"), tables);
  const size_t own = tables.added.size();
  add_whisper_timestamps(*tables.vocabulary, tables.added);
  for (size_t i = own; i < tables.added.size(); ++i) tables.excluded.push_back(tables.added[i].id);
  std::sort(tables.excluded.begin(), tables.excluded.end());

  PipelineParts parts;
  PreTokenizerParts words = pre_tokenizers_from(child_of(file.rest, "pre_tokenizer"), takes_bytes(model, type));
  if (type == "BPE") {
    parts.model = bpe_from(file, tables, words.ends_in_bytes);
  } else if (type == "Unigram") {
    parts.model = unigram_from(file, tables);
  } else {
    fail_field("model", "BPE or Unigram", auris::quoted(type));
  }
  const Frame frame = frame_from(child_of(file.rest, "post_processor"));
  check_ids(frame.before, *tables.vocabulary);
  check_ids(frame.after, *tables.vocabulary);
  parts.vocabulary = tables.vocabulary;
  parts.added_tokens = std::move(tables.added);
  parts.normalizers = normalizers_from(child_of(file.rest, "normalizer"));
  parts.pre_tokenizers = std::move(words.steps);
  parts.decoders = decoders_from(child_of(file.rest, "decoder"));
  if (parts.decoders.empty()) parts.joined_by.push_back(' ');
  parts.prefix = frame.before;
  if (!frame.before.empty()) parts.bos = frame.before.front();
  if (!frame.after.empty()) parts.eos = frame.after.back();
  return parts;
}

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

// "bos_token": "<s>" or {"content": "<s>"} of a tokenizer_config.json.
std::optional<TokenId> configured_token(const json& config, std::string_view name, const Vocabulary& vocabulary) {
  const json& value = child_of(config, name);
  const auto text = value.is_object() ? optional_string_field(value, "content") : optional_string_field(config, name);
  return text ? vocabulary.find(*text) : std::nullopt;
}

// The file beside tokenizer.json knows which tokens begin and end a text.
void read_config(const std::filesystem::path& path, PipelineParts& parts) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return;
  const auto file = MappedFile::open(path, ErrorCode::kModel);
  const json config = read_tokenizer_file(text_of(*file)).rest;
  if (const auto bos = configured_token(config, "bos_token", *parts.vocabulary)) parts.bos = bos;
  if (const auto eos = configured_token(config, "eos_token", *parts.vocabulary)) parts.eos = eos;
}

}  // namespace

std::shared_ptr<const Tokenizer> parse_tokenizer_json(std::string_view text) {
  return make_pipeline_tokenizer(parts_from(text));
}

std::shared_ptr<const Tokenizer> load_tokenizer_json(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path, ErrorCode::kModel);
  PipelineParts parts = parts_from(text_of(*file));
  read_config(path.parent_path() / "tokenizer_config.json", parts);
  return make_pipeline_tokenizer(std::move(parts));
}

}  // namespace auris::text
