#include "auris/export/gguf_tokenizer_metadata.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/text/chat_template/stored_template.h"
#include "auris/text/gguf_vocabulary_from_json.h"

namespace auris::models {
namespace {

using nlohmann::json;

constexpr const char* kTokens = "tokenizer.ggml.tokens";
constexpr const char* kTypes = "tokenizer.ggml.token_type";
constexpr const char* kMerges = "tokenizer.ggml.merges";
constexpr const char* kScores = "tokenizer.ggml.scores";

json of_gguf(const json& metadata) {
  text::read_gguf_vocabulary(metadata);  // checks it
  json out = json::object();
  for (const auto& [key, value] : metadata.items()) {
    const bool known = key == kTokens || key == kTypes || key == kScores || key == kMerges;
    const bool words = value.is_array() && !value.empty() && value.front().is_string();
    if (key.starts_with("tokenizer.") && (!value.is_array() || known || words)) out[key] = value;
  }
  return out;
}

// "bos_token_id": 1, or the first of a list.
std::optional<int64_t> configured_id(const json& config, const char* key, int64_t vocab_size) {
  const auto found = config.find(key);
  if (found == config.end()) return std::nullopt;
  const json& id = found->is_array() && !found->empty() ? found->front() : *found;
  if (!id.is_number_integer() || id.get<int64_t>() < 0 || id.get<int64_t>() >= vocab_size)
    return std::nullopt;
  return id.get<int64_t>();
}

json of_folder(const weights::Checkpoint& home) {
  const std::filesystem::path folder = home.folder();
  if (!std::filesystem::exists(folder / "tokenizer.json")) {
    throw Error(ErrorCode::kModel, {.where = quoted(folder.string(), 300),
                                    .expected = "tokenizer.json",
                                    .got = "none",
                                    .hint = "download the tokenizer files of the model too"});
  }
  const text::GgufVocabulary vocabulary = text::gguf_vocabulary_from_json(folder / "tokenizer.json");
  json out = text::gguf_metadata_of(vocabulary);
  for (const char* end : {"bos", "eos"}) {
    const std::string key = fmt::format("tokenizer.ggml.{}_token_id", end);
    const std::string name = fmt::format("{}_token_id", end);
    const auto id = configured_id(home.metadata(), name.c_str(), vocabulary.vocabulary->size());
    if (!out.contains(key) && id) out[key] = *id;
  }
  if (const std::string chat = text::stored_chat_template(folder); !chat.empty())
    out["tokenizer.chat_template"] = chat;
  return out;
}

void fill_up(json& tokenizer, int64_t vocab_size) {
  json& tokens = tokenizer.at(kTokens);
  const auto known = static_cast<int64_t>(tokens.size());
  if (known > vocab_size) {
    throw Error(ErrorCode::kUsage,
                {.where = "tokenizer",
                 .expected = fmt::format("at most {} tokens, the rows of the model", vocab_size),
                 .got = std::to_string(known),
                 .hint = "the tokenizer belongs to another model"});
  }
  if (!tokenizer.contains(kTypes)) tokenizer[kTypes] = json(static_cast<size_t>(known), 1);
  for (int64_t id = known; id < vocab_size; ++id) {
    tokens.push_back(fmt::format("[PAD{}]", id));
    tokenizer[kTypes].push_back(static_cast<int>(text::GgufTokenType::kUnused));
    if (tokenizer.contains(kScores)) tokenizer[kScores].push_back(-1000.0);  // as the converter has them
  }
}

void add_list(const std::string& key, const json& list, weights::GgufMetadata& metadata) {
  if (key == kTypes) {
    metadata.add(key, list.get<std::vector<int32_t>>());
  } else if (key == kScores) {
    metadata.add(key, list.get<std::vector<float>>());
  } else {
    metadata.add(key, list.get<std::vector<std::string>>());
  }
}

}  // namespace

json gguf_tokenizer_metadata(const weights::Checkpoint& home, int64_t vocab_size) {
  json tokenizer = home.format() == weights::Format::kGguf ? of_gguf(home.metadata()) : of_folder(home);
  fill_up(tokenizer, vocab_size);
  return tokenizer;
}

void add_tokenizer_metadata(const json& tokenizer, weights::GgufMetadata& metadata) {
  for (const auto& [key, value] : tokenizer.items()) {
    if (value.is_array()) {
      add_list(key, value, metadata);
    } else if (value.is_string()) {
      metadata.add(key, std::string_view(value.get_ref<const std::string&>()));
    } else if (value.is_boolean()) {
      metadata.add(key, value.get<bool>());
    } else if (value.is_number_integer()) {
      metadata.add(key, value.get<uint32_t>());
    } else if (value.is_number()) {
      metadata.add(key, value.get<float>());
    }
  }
}

}  // namespace auris::models
