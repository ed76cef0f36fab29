#include "auris/text/gguf_vocabulary.h"

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

using nlohmann::json;

[[noreturn]] void fail(std::string_view key, std::string expected, std::string got) {
  throw Error(ErrorCode::kModel, {.where = fmt::format("GGUF tokenizer.ggml.{}", key),
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = ""});
}

const json& field(const json& metadata, std::string_view key) {
  static const json kNull;
  if (!metadata.is_object()) return kNull;
  const auto found = metadata.find(fmt::format("tokenizer.ggml.{}", key));
  return found == metadata.end() ? kNull : *found;
}

std::string string_of(const json& metadata, std::string_view key) {
  const json& value = field(metadata, key);
  if (value.is_null()) return "";
  if (!value.is_string()) fail(key, "a string", value.type_name());
  return value.get<std::string>();
}

std::optional<bool> flag_of(const json& metadata, std::string_view key) {
  const json& value = field(metadata, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_boolean()) fail(key, "true or false", value.type_name());
  return value.get<bool>();
}

std::optional<TokenId> id_of(const json& metadata, std::string_view key, int64_t vocab_size) {
  const json& value = field(metadata, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_integer()) fail(key, "a token id", value.type_name());
  const auto id = value.get<int64_t>();
  if (id == -1 || id == UINT32_MAX) return std::nullopt;  // llama.cpp's "none"
  if (id < 0 || id >= vocab_size) fail(key, fmt::format("an id below {}", vocab_size), fmt::format("{}", id));
  return static_cast<TokenId>(id);
}

// The array of that key; null if `optional` and absent. Of `size` elements unless that is negative.
const json& array_of(const json& metadata, std::string_view key, bool optional, int64_t size) {
  const json& value = field(metadata, key);
  if (optional && value.is_null()) return value;
  if (!value.is_array()) fail(key, "an array", value.type_name());
  if (size >= 0 && static_cast<int64_t>(value.size()) != size) {
    fail(key, fmt::format("{} elements", size), fmt::format("{}", value.size()));
  }
  return value;
}

void read_tokens(const json& metadata, GgufVocabulary& out) {
  const json& tokens = array_of(metadata, "tokens", false, -1);
  if (tokens.empty() || tokens.size() > size_t{1} << 24) {
    fail("tokens", "1 to 2^24 tokens", fmt::format("{}", tokens.size()));
  }
  out.vocabulary = std::make_shared<Vocabulary>();
  out.vocabulary->reserve(tokens.size(), tokens.size() * 8);
  TokenId id = 0;
  for (const json& token : tokens) {
    if (!token.is_string()) fail("tokens", "strings", token.type_name());
    const auto& text = token.get_ref<const std::string&>();
    is_valid_utf8(text) ? out.vocabulary->add(id, text) : out.vocabulary->add(id, to_valid_utf8(text));
    ++id;
  }
}

void read_types_and_scores(const json& metadata, GgufVocabulary& out) {
  const int64_t count = out.vocabulary->size();
  out.types.assign(static_cast<size_t>(count), GgufTokenType::kNormal);
  const json& types = array_of(metadata, "token_type", true, count);
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i].is_number_integer()) fail("token_type", "whole numbers", types[i].type_name());
    const auto type = types[i].get<int64_t>();
    if (type < 0 || type > 6) fail("token_type", "types from 0 to 6", fmt::format("{}", type));
    out.types[i] = type == 0 ? GgufTokenType::kNormal : static_cast<GgufTokenType>(type);
  }
  const json& scores = array_of(metadata, "scores", true, count);
  for (const json& score : scores) {
    if (!score.is_number()) fail("scores", "numbers", score.type_name());
    out.scores.push_back(score.get<float>());
  }
}

}  // namespace

std::vector<TokenId> GgufVocabulary::never_from_text() const {
  std::vector<TokenId> ids;
  for (size_t i = 0; i < types.size(); ++i) {
    const GgufTokenType type = types[i];
    const bool never =
        type == GgufTokenType::kControl || type == GgufTokenType::kUnknown || type == GgufTokenType::kByte;
    if (never) ids.push_back(static_cast<TokenId>(i));
  }
  return ids;
}

GgufVocabulary read_gguf_vocabulary(const json& metadata) {
  GgufVocabulary out;
  out.model = string_of(metadata, "model");
  out.pre = string_of(metadata, "pre");
  read_tokens(metadata, out);
  read_types_and_scores(metadata, out);
  for (const json& merge : array_of(metadata, "merges", true, -1)) {
    if (!merge.is_string()) fail("merges", "strings", merge.type_name());
    out.merges.push_back(merge.get<std::string>());
  }
  const int64_t size = out.vocabulary->size();
  out.bos = id_of(metadata, "bos_token_id", size);
  out.eos = id_of(metadata, "eos_token_id", size);
  out.unknown = id_of(metadata, "unknown_token_id", size);
  out.add_bos = flag_of(metadata, "add_bos_token");
  out.add_space_prefix = flag_of(metadata, "add_space_prefix").value_or(true);
  return out;
}

json gguf_metadata_of(const GgufVocabulary& source) {
  json tokens = json::array(), types = json::array();
  for (TokenId id = 0; id < source.vocabulary->size(); ++id) tokens.push_back(source.vocabulary->text(id));
  for (const GgufTokenType type : source.types) types.push_back(static_cast<int>(type));
  json out = json::object();
  const auto put = [&](std::string_view key, json value) {
    out[fmt::format("tokenizer.ggml.{}", key)] = std::move(value);
  };
  put("model", source.model);
  if (!source.pre.empty()) put("pre", source.pre);
  put("tokens", std::move(tokens));
  put("token_type", std::move(types));
  if (!source.scores.empty()) put("scores", source.scores);
  if (!source.merges.empty()) put("merges", source.merges);
  if (source.bos) put("bos_token_id", *source.bos);
  if (source.eos) put("eos_token_id", *source.eos);
  if (source.unknown) put("unknown_token_id", *source.unknown);
  if (source.add_bos) put("add_bos_token", *source.add_bos);
  if (source.model == "llama") put("add_space_prefix", source.add_space_prefix);
  return out;
}

}  // namespace auris::text
