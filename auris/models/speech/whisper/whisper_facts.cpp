#include "auris/models/speech/whisper/whisper_facts.h"

#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace auris::models {
namespace {

constexpr size_t kMaxEntries = 100'000;
constexpr uintmax_t kMaxJsonBytes = 16 << 20;

[[noreturn]] void bad_facts(const std::string& expected, const nlohmann::json& got) {
  throw Error(
      ErrorCode::kModel,
      {.where = "whisper config", .expected = expected, .got = auris::quoted(got.dump()), .hint = ""});
}

std::vector<int32_t> ids(const nlohmann::json& json, std::initializer_list<const char*> keys,
                         int64_t vocab_size) {
  std::vector<int32_t> out;
  for (const char* key : keys) {
    auto found = json.find(key);
    if (found == json.end() || found->is_null()) continue;
    if (!found->is_array() || found->size() > kMaxEntries)
      bad_facts(fmt::format("{} as a list of token ids", key), *found);
    for (const nlohmann::json& id : *found) {
      if (!id.is_number_integer()) bad_facts(fmt::format("integers in {}", key), id);
      if (id >= 0 && id < vocab_size) out.push_back(id.get<int32_t>());
    }
    break;
  }
  return out;
}

std::vector<WhisperHead> heads_of(const nlohmann::json& json, const WhisperConfig& config) {
  std::vector<WhisperHead> heads;
  auto found = json.find("alignment_heads");
  if (found != json.end() && !found->is_null()) {
    if (!found->is_array() || found->size() > kMaxEntries)
      bad_facts("alignment_heads as a list of pairs", *found);
    for (const nlohmann::json& pair : *found) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_integer() ||
          !pair[1].is_number_integer()) {
        bad_facts("pairs of layer and head in alignment_heads", pair);
      }
      if (pair[0] >= 0 && pair[0] < config.decoder_layers && pair[1] >= 0 && pair[1] < config.decoder_heads) {
        heads.push_back({pair[0].get<int>(), pair[1].get<int>()});
      }
    }
  }
  if (!heads.empty()) return heads;
  for (int layer = config.decoder_layers / 2; layer < config.decoder_layers; ++layer) {
    for (int head = 0; head < config.decoder_heads; ++head) heads.push_back({layer, head});
  }
  return heads;
}

std::optional<nlohmann::json> read_json(const std::filesystem::path& path) {
  std::error_code error;
  uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error || bytes > kMaxJsonBytes) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  nlohmann::json json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  return json;
}

}  // namespace

WhisperFacts whisper_facts_from_json(const nlohmann::json& json, const WhisperConfig& config) {
  WhisperFacts facts;
  if (json.is_object()) {
    facts.suppressed = ids(json, {"suppress_ids", "suppress_tokens"}, config.vocab_size);
    facts.suppressed_at_begin = ids(json, {"suppress_ids_begin", "begin_suppress_tokens"}, config.vocab_size);
  }
  facts.alignment_heads = heads_of(json.is_object() ? json : nlohmann::json::object(), config);
  return facts;
}

WhisperFacts whisper_facts_of(const weights::Checkpoint& checkpoint, const WhisperConfig& config) {
  if (checkpoint.format() != weights::Format::kCTranslate2) {
    std::filesystem::path folder = checkpoint.path();
    if (!std::filesystem::is_directory(folder)) folder = folder.parent_path();
    if (auto json = read_json(folder / "generation_config.json"))
      return whisper_facts_from_json(*json, config);
  }
  return whisper_facts_from_json(checkpoint.metadata(), config);
}

}  // namespace auris::models
