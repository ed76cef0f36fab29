#include "auris/server/models/served_models.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "auris/base/error.h"
#include "auris/base/log.h"
#include "auris/models/registry.h"
#include "auris/server/api/api_error.h"
#include "auris/tensor/backend/open_device.h"
#include "auris/weights/catalog.h"

namespace auris::server {
namespace {

// A path is named after what it holds.
std::string id_of(const std::string& name) {
  if (name.find('/') == std::string::npos || name.starts_with("hf:")) return name;
  std::filesystem::path path(name);
  if (!path.has_filename()) path = path.parent_path();
  return std::filesystem::is_directory(path) ? path.filename().string() : path.stem().string();
}

[[noreturn]] void fail_unknown(std::string_view name, const char* kind) {
  throw ApiError({.status = 404,
                  .message = "This server has no " + std::string(kind) + " model " + quoted(name) +
                             ". GET /v1/models lists what it has.",
                  .param = "model",
                  .code = "model_not_found"});
}

struct Opened {
  std::string id;
  std::filesystem::path path;
  models::ModelKind kind;
};

std::vector<Opened> open_all(const std::vector<std::string>& names) {
  const weights::Catalog catalog = weights::Catalog::load();
  std::vector<Opened> opened;
  for (const std::string& name : names) {
    const std::filesystem::path path = catalog.resolve(name);
    const models::ModelKind kind = models::kind_of(*weights::open_checkpoint(path));
    if (kind == models::ModelKind::kUnknown) {
      throw Error(ErrorCode::kModel, {.where = "serve",
                                      .expected = "a speech model or a language model",
                                      .got = quoted(name),
                                      .hint = "auris inspect shows what it is"});
    }
    const std::string id = id_of(name);
    if (std::ranges::find(opened, id, &Opened::id) != opened.end()) {
      throw Error(ErrorCode::kUsage, {.where = "serve",
                                      .expected = "models of different names",
                                      .got = quoted(id) + " twice",
                                      .hint = ""});
    }
    opened.push_back({.id = id, .path = path, .kind = kind});
  }
  // What hears comes first: the others may need it.
  std::ranges::stable_partition(opened,
                                [](const Opened& model) { return model.kind == models::ModelKind::kSpeech; });
  return opened;
}

engine::WriteDown write_down_by(const std::shared_ptr<engine::TranscriptionScheduler>& speech) {
  return [speech](const audio::AudioClip& clip, const std::function<bool()>& cancelled) {
    return speech->transcribe(clip, {}, {.cancelled = cancelled}).text;
  };
}

}  // namespace

ServedModels::ServedModels(const ServedModelsOptions& options) {
  if (options.names.empty()) {
    throw Error(ErrorCode::kUsage,
                {.where = "serve", .expected = "a model", .got = "none", .hint = "give --model"});
  }
  const Device device = open_device(options.device);
  std::shared_ptr<engine::TranscriptionScheduler> listener;
  for (const Opened& opened : open_all(options.names)) {
    const auto begin = std::chrono::steady_clock::now();
    ServedModel model{.id = opened.id, .inputs = {"text"}, .outputs = {"text"}};
    if (opened.kind == models::ModelKind::kSpeech) {
      model.inputs = {"audio"};
      model.speech = std::make_shared<engine::TranscriptionScheduler>(
          models::load_whisper(opened.path, device), options.speech);
      if (!listener) listener = model.speech;
    } else {
      engine::SchedulerOptions scheduling = options.chat;
      if (listener) scheduling.write_down = write_down_by(listener);
      auto language = engine::load_language_model(opened.path, opened.id, {.device = device}, device);
      if (language->hears() || listener) model.inputs.emplace_back("audio");
      model.tokens = std::make_shared<const generate::TokenTrie>(*language->tokenizer);
      model.chat = std::make_shared<engine::ChatScheduler>(std::move(language), scheduling);
    }
    models_.push_back(std::move(model));
    log(LogLevel::kInfo, "opened {} in {:.2f} s", opened.id,
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
}

const ServedModel* ServedModels::find(std::string_view name) const {
  const auto found = std::ranges::find(models_, name, &ServedModel::id);
  return found == models_.end() ? nullptr : &*found;
}

const ServedModel& ServedModels::find(std::string_view name, bool is_chat) const {
  const ServedModel* only = nullptr;
  size_t count = 0;
  for (const ServedModel& model : models_) {
    if ((model.chat != nullptr) != is_chat) continue;
    if (model.id == name) return model;
    only = &model;
    ++count;
  }
  if (count != 1) fail_unknown(name, is_chat ? "language" : "speech");
  return *only;
}

const ServedModel& ServedModels::chat(std::string_view name) const { return find(name, true); }
const ServedModel& ServedModels::speech(std::string_view name) const { return find(name, false); }

}  // namespace auris::server
