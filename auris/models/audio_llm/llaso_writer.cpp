#include "auris/models/audio_llm/llaso_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/language/llama/merged_llama.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/weights/safetensors_writer.h"
#include "auris/weights/stored_tensor.h"

namespace auris::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAligner = "model.mm_audio_aligner.";
constexpr const char* kTokenizer = "tokenizer.json";
constexpr const char* kTokenizerConfig = "tokenizer_config.json";

[[noreturn]] void fail(const std::string& expected, const std::string& got, const std::string& hint = "") {
  throw Error(ErrorCode::kUsage,
              {.where = "LLaSO checkpoint", .expected = expected, .got = got, .hint = hint});
}

LlamaConfig language_config(const weights::Checkpoint& language) {
  if (!audio_llm_family_of(language)) return llama_config_of(language);
  return open_audio_llm_parts({.model = language.folder()}).config().language;
}

void check(const LlasoModel& model, const LlamaConfig& config) {
  const weights::Checkpoint& language = *model.language;
  if (language.format() != weights::Format::kSafetensors)
    fail("a language model in a Hugging Face folder", std::string(name_of(language.format())),
         "a LLaSO checkpoint keeps a tokenizer.json and tensors by Hugging Face's names");
  if (!fs::is_regular_file(language.folder() / kTokenizer))
    fail("a tokenizer.json in " + quoted(language.folder().string(), 300), "none");
  if (config.family != "llama") fail("a language model of the kind llama", quoted(config.family));
  for (const char* name :
       {"projector.0.weight", "projector.0.bias", "projector.2.weight", "projector.2.bias"}) {
    if (!model.projector.contains(name)) fail("a tensor " + quoted(name), "none");
  }
  if (model.projector.size() != 4) fail("the four tensors of an mlp_gelu projector", "more");
  const Shape first{config.hidden, model.encoder_width}, second{config.hidden, config.hidden};
  const Shape &own = model.projector.at("projector.0.weight").shape(),
              &next = model.projector.at("projector.2.weight").shape();
  if (own != first || next != second)
    fail(fmt::format("a projector of {} and {}", first.to_string(), second.to_string()),
         fmt::format("{} and {}", own.to_string(), next.to_string()),
         "its columns inside are as many as the language model's: projector.inner");
}

// ---- vocabulary

nlohmann::json added_token(const char* content, int64_t id) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

// One more than the largest id.
int64_t vocabulary_size(const nlohmann::json& tokenizer) {
  int64_t size = 0;
  const nlohmann::json& vocabulary = tokenizer.at("model").at("vocab");
  if (!vocabulary.is_object()) fail("a vocabulary of token and id in tokenizer.json", vocabulary.type_name());
  for (const auto& [token, id] : vocabulary.items()) size = std::max(size, id.get<int64_t>() + 1);
  for (const nlohmann::json& token : tokenizer.at("added_tokens"))
    size = std::max(size, token.at("id").get<int64_t>() + 1);
  return size;
}

struct Vocabulary {
  nlohmann::json tokenizer;
  int64_t before = 0;               // ids
  std::vector<int64_t> added = {};  // ids of the tags that were missing
};

Vocabulary vocabulary_with_tags(const fs::path& folder) {
  Vocabulary vocabulary{.tokenizer = read_json_file(folder / kTokenizer, ErrorCode::kModel)};
  try {
    vocabulary.before = vocabulary_size(vocabulary.tokenizer);
    nlohmann::json& tokens = vocabulary.tokenizer.at("added_tokens");
    int64_t next = vocabulary.before;
    for (const char* tag : kLlasoTokens) {
      const bool known = std::ranges::any_of(
          tokens, [&](const nlohmann::json& token) { return token.at("content") == tag; });
      if (known || vocabulary.tokenizer["model"]["vocab"].contains(tag)) continue;
      tokens.push_back(added_token(tag, next));
      vocabulary.added.push_back(next++);
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kModel, {.where = (folder / kTokenizer).string(),
                                    .expected = "a tokenizer with model.vocab and added_tokens",
                                    .got = error.what(),
                                    .hint = ""});
  }
  return vocabulary;
}

void write_vocabulary(const fs::path& from, const Vocabulary& vocabulary, const fs::path& folder) {
  copy_tokenizer(from, folder);
  if (vocabulary.added.empty()) return;
  write_whole(folder / kTokenizer, vocabulary.tokenizer.dump(), ErrorCode::kUsage);
  if (!fs::is_regular_file(from / kTokenizerConfig)) return;
  nlohmann::json config = read_json_file(from / kTokenizerConfig, ErrorCode::kModel);
  if (!config.contains("added_tokens_decoder")) return;
  for (const nlohmann::json& token : vocabulary.tokenizer["added_tokens"]) {
    nlohmann::json entry = token;
    entry.erase("id");
    config["added_tokens_decoder"][std::to_string(token["id"].get<int64_t>())] = entry;
  }
  write_whole(folder / kTokenizerConfig, config.dump(2) + "\n", ErrorCode::kUsage);
}

// `table` [vocabulary, columns] with rows for the tags: the mean of those before.
Tensor with_tags(const Tensor& table, const Vocabulary& vocabulary) {
  const int64_t columns = table.cols(), before = std::min(vocabulary.before, table.rows());
  const int64_t rows = std::max(table.rows(), vocabulary.added.back() + 1);
  std::vector<double> mean(static_cast<size_t>(columns));
  const float* old = table.data<float>();
  for (int64_t i = 0; i < before * columns; ++i) mean[static_cast<size_t>(i % columns)] += old[i];
  Tensor grown = Tensor::zeros({rows, columns});
  float* values = grown.data<float>();
  std::copy_n(old, table.elements(), values);
  for (const int64_t id : vocabulary.added) {
    for (int64_t column = 0; column < columns; ++column)
      values[id * columns + column] =
          static_cast<float>(mean[static_cast<size_t>(column)] / static_cast<double>(before));
  }
  return grown;
}

}  // namespace

void write_llaso_model(const fs::path& folder, const LlasoModel& model) {
  const LlamaConfig config = language_config(*model.language);
  check(model, config);
  const Vocabulary vocabulary = vocabulary_with_tags(model.language->folder());
  MergedFolder merged =
      merged_llama(model.language, {.dtype = model.dtype, .trained = model.trained, .config = config});
  int64_t vocab_size = config.vocab_size;
  for (weights::NamedTensor& named : merged.tensors) {
    if (named.name != "model.embed_tokens.weight" && named.name != "lm_head.weight") continue;
    if (!vocabulary.added.empty())
      named.tensor =
          weights::stored_as(model.dtype, named.name, with_tags(ops::to_f32(named.tensor), vocabulary));
    vocab_size = named.tensor.rows();
  }
  for (const auto& [name, tensor] : model.projector) merged.tensors.push_back({kAligner + name, tensor});
  nlohmann::ordered_json& json = merged.config;
  json["architectures"] = nlohmann::ordered_json::array({"LlavaLlamaForCausalLM"});
  json["model_type"] = "llava_llama";
  json["vocab_size"] = vocab_size;
  json["audio_projector_type"] = "mlp2x_gelu";
  json["mm_audio_hidden_size"] = model.encoder_width;
  json["mm_audio_tower"] = model.encoder;
  json["mm_audio_select_layer"] = -1;

  std::error_code ignored;
  fs::remove(folder / "config.json", ignored);
  weights::write_safetensors(folder / "model.safetensors", merged.tensors, {{"format", "pt"}});
  write_vocabulary(model.language->folder(), vocabulary, folder);
  write_whole(folder / "config.json", json.dump(2) + "\n", ErrorCode::kUsage);
}

}  // namespace auris::models
