#include "auris/engine/language_model.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "auris/base/json_text.h"
#include "auris/engine/whisper_listener.h"
#include "auris/models/registry.h"
#include "auris/text/chat_template/stored_template.h"
#include "auris/weights/checkpoint.h"

namespace auris::engine {
namespace {

using nlohmann::json;

// Marks that end a turn in one published template or another; the ones a vocabulary has are used beside its
// own eos.
constexpr std::array<std::string_view, 7> kEndOfTurnMarks = {
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "</s>"};

constexpr std::array<processor::Role, 4> kRoles = {processor::Role::kSystem, processor::Role::kUser,
                                                   processor::Role::kAssistant, processor::Role::kTool};

// Where the files of one model lie. An audio language model may leave tokenizer and chat template to its
// language model.
struct Homes {
  const weights::Checkpoint& own;
  const weights::Checkpoint& language;
};

std::optional<json> read_json(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  return read_json_file(path, ErrorCode::kModel);
}

std::shared_ptr<const text::Tokenizer> load_tokenizer(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() == weights::Format::kGguf) return text::tokenizer_from_gguf(checkpoint.metadata());
  const std::filesystem::path folder = checkpoint.folder();
  if (std::filesystem::exists(folder / "tokenizer.json"))
    return text::load_tokenizer_json(folder / "tokenizer.json");
  if (std::filesystem::exists(folder / "tokenizer.model"))
    return text::load_sentencepiece(folder / "tokenizer.model");
  throw Error(ErrorCode::kModel,
              {.where = "language_model",
               .expected = "tokenizer.json or tokenizer.model in " + quoted(folder.string(), 300),
               .got = "neither",
               .hint = "download the tokenizer files of the model too"});
}

std::string_view builtin_name_of(const std::string& family, const text::Tokenizer& tokenizer) {
  if (family == "llama" && tokenizer.find("<|start_header_id|>")) return "llama3";
  if (family == "mistral") return "mistral";
  if (family == "gemma3") return "gemma";
  if (family == "qwen2" || family == "qwen3") return "qwen2";
  return "chatml";
}

std::string template_source(const weights::Checkpoint& checkpoint, const std::string& family,
                            const text::Tokenizer& tokenizer) {
  std::string source;
  if (checkpoint.format() == weights::Format::kGguf) {
    auto found = checkpoint.metadata().find("tokenizer.chat_template");
    if (found != checkpoint.metadata().end() && found->is_string()) source = found->get<std::string>();
  } else {
    source = text::stored_chat_template(checkpoint.folder());
  }
  if (source.empty()) source = std::string(*text::builtin_chat_template(builtin_name_of(family, tokenizer)));
  return source;
}

void add_unique(std::vector<text::TokenId>& ids, text::TokenId id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

std::vector<text::TokenId> end_of_turn_ids(const weights::Checkpoint& checkpoint,
                                           const text::Tokenizer& tokenizer) {
  std::vector<text::TokenId> ids;
  if (tokenizer.eos()) add_unique(ids, *tokenizer.eos());
  for (std::string_view mark : kEndOfTurnMarks) {
    auto id = tokenizer.find(mark);
    if (id && tokenizer.is_special(*id)) add_unique(ids, *id);
  }
  if (checkpoint.format() == weights::Format::kGguf) return ids;
  auto config = read_json(checkpoint.folder() / "generation_config.json");
  if (!config || !config->contains("eos_token_id")) return ids;
  const json& eos = (*config)["eos_token_id"];
  for (const json& id : eos.is_array() ? eos : json::array({eos})) {
    if (id.is_number_integer() && id >= 0 && id < tokenizer.vocab_size())
      add_unique(ids, id.get<text::TokenId>());
  }
  return ids;
}

processor::Role role_of(const std::string& name) {
  auto found = std::find_if(kRoles.begin(), kRoles.end(),
                            [&](processor::Role role) { return processor::name_of(role) == name; });
  if (found != kRoles.end()) return *found;
  throw Error(ErrorCode::kUsage, {.where = "messages",
                                  .expected = "role system, user, assistant or tool",
                                  .got = quoted(name),
                                  .hint = ""});
}

// The folder itself if it has a tokenizer, else its language model.
const weights::Checkpoint& home_of_text(const Homes& homes) {
  const std::filesystem::path folder = homes.own.folder();
  bool own = std::filesystem::exists(folder / "tokenizer.json") ||
             std::filesystem::exists(folder / "tokenizer.model");
  return own ? homes.own : homes.language;
}

// What is the same for models with and without ears.
void add_text(LanguageModel& model, const Homes& homes) {
  const weights::Checkpoint& home = home_of_text(homes);
  const models::LlamaConfig& config = model.llama->config();
  model.tokenizer = load_tokenizer(home);
  if (model.tokenizer->vocab_size() > config.vocab_size) {
    throw Error(ErrorCode::kModel,
                {.where = "language_model",
                 .expected = "a tokenizer of at most " + std::to_string(config.vocab_size) + " tokens",
                 .got = std::to_string(model.tokenizer->vocab_size()),
                 .hint = "the tokenizer belongs to another model"});
  }
  std::optional<models::AudioLlmConfig> audio;
  if (model.hears()) audio = model.ears->config();
  model.processor = std::make_shared<processor::Processor>(processor::ProcessorParts{
      .tokenizer = model.tokenizer,
      .chat_template = text::ChatTemplate::parse(template_source(home, config.family, *model.tokenizer)),
      .audio = audio,
      .listener = model.listener});
  model.end_of_turn = end_of_turn_ids(home, *model.tokenizer);
}

}  // namespace

std::vector<processor::Message> LanguageModel::turns_of(const std::vector<Message>& messages) const {
  std::vector<processor::Message> turns;
  for (const Message& message : messages) {
    processor::Message turn = processor->user_turn(message.content, message.audio);
    turn.role = role_of(message.role);
    turns.push_back(std::move(turn));
  }
  return turns;
}

processor::ModelInput LanguageModel::prompt_of(const std::vector<Message>& messages) const {
  return processor->prepare(turns_of(messages));
}

std::shared_ptr<const LanguageModel> load_language_model(const std::filesystem::path& location,
                                                         const std::string& name,
                                                         const nn::LoadOptions& options, Device listening) {
  auto checkpoint = weights::open_checkpoint(location);
  auto model = std::make_shared<LanguageModel>();
  model->name = name;
  model->device = options.device;
  if (models::kind_of(*checkpoint) == models::ModelKind::kAudioLanguage) {
    models::AudioLlmParts parts = models::open_audio_llm_parts({.model = location});
    model->ears = models::load_audio_llm(parts, options);
    model->llama = {model->ears, &model->ears->language()};
    const models::AudioLlmConfig& config = model->ears->config();
    if (config.hears_words()) {
      model->listener = std::make_shared<const WhisperListener>(
          models::load_whisper(parts.encoder->folder(), listening), config.projector.pooled);
    }
    add_text(*model, {.own = *parts.model, .language = *parts.language});
  } else {
    model->llama = models::load_llama(checkpoint, options);
    add_text(*model, {.own = *checkpoint, .language = *checkpoint});
  }
  return model;
}

}  // namespace auris::engine
