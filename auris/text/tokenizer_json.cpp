// tokenizer.json of the Hugging Face tokenizers library.

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/mapped_file.h"
#include "auris/text/bpe_model.h"
#include "auris/text/json_parts.h"
#include "auris/text/pipeline_tokenizer.h"
#include "auris/text/tokenizer_file.h"
#include "auris/text/unigram_model.h"
#include "auris/text/utf8.h"
#include "auris/text/whisper_timestamps.h"

namespace auris::text {
namespace {

using nlohmann::json;

constexpr char kWhere[] = "tokenizer.json";

// Model vocabulary first, then the added tokens; and the ids that ordinary text must never become: special
// tokens, and added tokens that the model itself does not know.
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

AddedToken added_token_from(const JsonFields& item) {
  return {.content = item.text("content", ""),
          .id = static_cast<TokenId>(item.integer("id", {.min = 0, .max = INT32_MAX})),
          .special = item.flag("special", false),
          .single_word = item.flag("single_word", false),
          .left_strip = item.flag("lstrip", false),
          .right_strip = item.flag("rstrip", false),
          .normalized = item.flag("normalized", true)};
}

void add_added_tokens(const JsonFields& file, Tables& tables) {
  if (!file.has("added_tokens")) return;
  for (const json& item : file.list("added_tokens")) {
    AddedToken token = added_token_from({item, kWhere});
    if (token.content.empty()) continue;
    const auto known = tables.vocabulary->find(token.content);
    if (known) {
      token.id = *known;  // as in the reference, the model's own id wins
    } else if (tables.vocabulary->contains(token.id)) {
      file.fail("added_tokens", fmt::format("an id of its own for {}", auris::quoted(token.content)),
                fmt::format("{}, which is {}", token.id, auris::quoted(tables.vocabulary->text(token.id))));
    } else {
      tables.vocabulary->add(token.id, token.content);
    }
    if (token.special || !known) tables.excluded.push_back(token.id);
    tables.added.push_back(std::move(token));
  }
}

std::unique_ptr<const Model> bpe_from(const TokenizerFile& file, const JsonFields& model,
                                      const Tables& tables, bool bytes) {
  BpeOptions options{.bytes = bytes,
                     .byte_fallback = model.flag("byte_fallback", false),
                     .ignore_merges = model.flag("ignore_merges", false),
                     .fuse_unknown = model.flag("fuse_unk", false),
                     .unknown = model.optional_text("unk_token"),
                     .continuing_prefix = model.text("continuing_subword_prefix", ""),
                     .end_suffix = model.text("end_of_word_suffix", "")};
  BpeModel::MergeList merges(file.merges.begin(), file.merges.end());
  return std::make_unique<BpeModel>(tables.vocabulary, merges, std::move(options), tables.excluded, true);
}

std::unique_ptr<const Model> unigram_from(const TokenizerFile& file, const JsonFields& model,
                                          const Tables& tables) {
  std::vector<double> scores;
  for (const auto& [text, score] : file.scored_pieces) scores.push_back(score);
  const int64_t unknown = model.integer("unk_id", {.min = -1, .max = std::ssize(scores) - 1}, -1);
  return std::make_unique<UnigramModel>(tables.vocabulary, std::move(scores),
                                        UnigramOptions{.unknown = static_cast<TokenId>(unknown),
                                                       .byte_fallback = model.flag("byte_fallback", false)},
                                        tables.excluded);
}

// A byte-level word can stay bytes if the model does nothing that needs characters.
bool takes_bytes(const JsonFields& model, const std::string& type) {
  return type == "BPE" && !model.flag("byte_fallback", false) &&
         model.text("continuing_subword_prefix", "").empty() && model.text("end_of_word_suffix", "").empty();
}

void check_ids(const std::vector<TokenId>& ids, const Vocabulary& vocabulary, const JsonFields& file) {
  for (const TokenId id : ids) {
    if (!vocabulary.contains(id)) file.fail("post_processor", "ids of the vocabulary", fmt::format("{}", id));
  }
}

PipelineParts parts_from(std::string_view text) {
  const TokenizerFile file = read_tokenizer_file(text);
  const JsonFields fields(file.rest, kWhere);
  const JsonFields model = fields.object("model");
  // Old files leave the type out; then merges mean BPE.
  const std::string type = model.text("type", file.scored_pieces.empty() ? "BPE" : "Unigram");
  Tables tables;
  add_model_vocabulary(file, *tables.vocabulary);
  add_added_tokens(fields, tables);
  const size_t own = tables.added.size();
  add_whisper_timestamps(*tables.vocabulary, tables.added);
  for (size_t i = own; i < tables.added.size(); ++i) tables.excluded.push_back(tables.added[i].id);
  std::sort(tables.excluded.begin(), tables.excluded.end());

  PipelineParts parts;
  PreTokenizerParts words = pre_tokenizers_from(fields.value("pre_tokenizer"), takes_bytes(model, type));
  if (type == "BPE") {
    parts.model = bpe_from(file, model, tables, words.ends_in_bytes);
  } else if (type == "Unigram") {
    parts.model = unigram_from(file, model, tables);
  } else {
    fields.fail("model", "BPE or Unigram", auris::quoted(type));
  }
  const Frame frame = frame_from(fields.value("post_processor"));
  check_ids(frame.before, *tables.vocabulary, fields);
  check_ids(frame.after, *tables.vocabulary, fields);
  parts.vocabulary = tables.vocabulary;
  parts.added_tokens = std::move(tables.added);
  parts.normalizers = normalizers_from(fields.value("normalizer"));
  parts.pre_tokenizers = std::move(words.steps);
  parts.decoders = decoders_from(fields.value("decoder"));
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
std::optional<TokenId> configured_token(const JsonFields& config, std::string_view name,
                                        const Vocabulary& vocabulary) {
  const auto text = config.value(name).is_object() ? config.object(name).optional_text("content")
                                                   : config.optional_text(name);
  return text ? vocabulary.find(*text) : std::nullopt;
}

// The file beside tokenizer.json knows which tokens begin and end a text.
void read_config(const std::filesystem::path& path, PipelineParts& parts) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return;
  const auto file = MappedFile::open(path, ErrorCode::kModel);
  const json content = read_tokenizer_file(text_of(*file)).rest;
  const JsonFields config(content, "tokenizer_config.json");
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
