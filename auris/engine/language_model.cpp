#include "auris/engine/language_model.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"
#include "auris/weights/checkpoint.h"

namespace auris::engine {
namespace {

using nlohmann::json;

// Marks that end a turn in one published template or another; the ones a vocabulary has are used beside its own eos.
constexpr std::array<std::string_view, 7> kEndOfTurnMarks = {"<|im_end|>",     "<|eot_id|>",      "<|eom_id|>", "<end_of_turn>",
                                                             "<|endoftext|>",  "<|end_of_text|>", "</s>"};

constexpr std::array<std::string_view, 4> kRoles = {"system", "user", "assistant", "tool"};

std::optional<json> read_json(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  return read_json_file(path, ErrorCode::kModel);
}

std::string read_text(const std::filesystem::path& path) {
  auto file = MappedFile::open(path, ErrorCode::kModel);
  auto bytes = file->bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::shared_ptr<const text::Tokenizer> load_tokenizer(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() == weights::Format::kGguf) return text::tokenizer_from_gguf(checkpoint.metadata());
  const std::filesystem::path& folder = checkpoint.path();
  if (std::filesystem::exists(folder / "tokenizer.json")) return text::load_tokenizer_json(folder / "tokenizer.json");
  if (std::filesystem::exists(folder / "tokenizer.model")) return text::load_sentencepiece(folder / "tokenizer.model");
  throw Error(ErrorCode::kModel, {.where = "language_model",
                                  .expected = "tokenizer.json or tokenizer.model in " + quoted(folder.string(), 300),
                                  .got = "neither",
                                  .hint = "download the tokenizer files of the model too"});
}

// tokenizer_config.json has one template, or a list of named ones of which "default" counts.
std::string template_in(const json& config) {
  auto found = config.find("chat_template");
  if (found == config.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_array()) return "";
  for (const json& entry : *found) {
    if (entry.is_object() && entry.value("name", json()) == "default" && entry.value("template", json()).is_string()) {
      return entry["template"].get<std::string>();
    }
  }
  return "";
}

std::string_view builtin_name_of(const std::string& family) {
  if (family == "mistral") return "mistral";
  if (family == "gemma3") return "gemma";
  if (family == "qwen2" || family == "qwen3") return "qwen2";
  return "chatml";
}

std::string template_source(const weights::Checkpoint& checkpoint, const std::string& family) {
  std::string source;
  if (checkpoint.format() == weights::Format::kGguf) {
    auto found = checkpoint.metadata().find("tokenizer.chat_template");
    if (found != checkpoint.metadata().end() && found->is_string()) source = found->get<std::string>();
  } else if (std::filesystem::exists(checkpoint.path() / "chat_template.jinja")) {
    source = read_text(checkpoint.path() / "chat_template.jinja");
  } else if (auto config = read_json(checkpoint.path() / "tokenizer_config.json")) {
    source = template_in(*config);
  }
  if (source.empty()) source = std::string(*text::builtin_chat_template(builtin_name_of(family)));
  return source;
}

void add_unique(std::vector<text::TokenId>& ids, text::TokenId id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

std::vector<text::TokenId> end_of_turn_ids(const weights::Checkpoint& checkpoint, const text::Tokenizer& tokenizer) {
  std::vector<text::TokenId> ids;
  if (tokenizer.eos()) add_unique(ids, *tokenizer.eos());
  for (std::string_view mark : kEndOfTurnMarks) {
    auto id = tokenizer.find(mark);
    if (id && tokenizer.is_special(*id)) add_unique(ids, *id);
  }
  if (checkpoint.format() == weights::Format::kGguf) return ids;
  auto config = read_json(checkpoint.path() / "generation_config.json");
  if (!config || !config->contains("eos_token_id")) return ids;
  const json& eos = (*config)["eos_token_id"];
  for (const json& id : eos.is_array() ? eos : json::array({eos})) {
    if (id.is_number_integer() && id >= 0 && id < tokenizer.vocab_size()) add_unique(ids, id.get<text::TokenId>());
  }
  return ids;
}

std::string literal_of(const text::Tokenizer& tokenizer, std::optional<text::TokenId> id) {
  if (!id) return "";
  text::TokenId one = *id;
  return tokenizer.decode(std::span(&one, 1), true);
}

}  // namespace

std::vector<text::TokenId> LanguageModel::prompt_of(const std::vector<Message>& messages) const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Message& message : messages) {
    if (std::find(kRoles.begin(), kRoles.end(), message.role) == kRoles.end()) {
      throw Error(ErrorCode::kUsage, {.where = "messages",
                                      .expected = "role system, user, assistant or tool",
                                      .got = quoted(message.role),
                                      .hint = ""});
    }
    list.push_back({{"role", message.role}, {"content", message.content}});
  }
  text::RenderOptions options;
  options.add_generation_prompt = true;
  options.bos_token = bos_text;
  options.eos_token = eos_text;
  return tokenizer->encode(chat_template->render(list, options));
}

std::shared_ptr<const LanguageModel> load_language_model(const std::filesystem::path& location, const std::string& name) {
  auto checkpoint = weights::open_checkpoint(location);
  auto model = std::make_shared<LanguageModel>();
  model->name = name;
  model->llama = models::load_llama(checkpoint);
  model->tokenizer = load_tokenizer(*checkpoint);
  if (model->tokenizer->vocab_size() > model->llama->config().vocab_size) {
    throw Error(ErrorCode::kModel,
                {.where = "language_model",
                 .expected = "a tokenizer of at most " + std::to_string(model->llama->config().vocab_size) + " tokens",
                 .got = std::to_string(model->tokenizer->vocab_size()),
                 .hint = "the tokenizer belongs to another model"});
  }
  model->chat_template = std::make_shared<text::ChatTemplate>(
      text::ChatTemplate::parse(template_source(*checkpoint, model->llama->config().family)));
  model->bos_text = literal_of(*model->tokenizer, model->tokenizer->bos());
  model->eos_text = literal_of(*model->tokenizer, model->tokenizer->eos());
  model->end_of_turn = end_of_turn_ids(*checkpoint, *model->tokenizer);
  return model;
}

}  // namespace auris::engine
