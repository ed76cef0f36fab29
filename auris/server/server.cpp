#include "auris/server/server.h"

#include <array>
#include <utility>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/server/api/api_error.h"
#include "auris/server/chat/chat_reply.h"
#include "auris/server/realtime/open_realtime.h"
#include "auris/server/speech/transcription_reply.h"

namespace auris::server {
namespace {

using nlohmann::ordered_json;

ordered_json model_json(const ServedModel& model, int64_t created) {
  ordered_json json = {{"id", model.id},
                       {"object", "model"},
                       {"created", created},
                       {"owned_by", "auris"},
                       {"input_modalities", model.inputs},
                       {"output_modalities", model.outputs}};
  if (model.chat) json["max_model_len"] = model.chat->context_tokens();
  return json;
}

// Pages in browsers of this machine reach even what listens for this machine alone.
AccessOptions access_of(const ServerOptions& options) {
  AccessOptions access = options.access;
  access.local_only |= options.http.host.starts_with("127.") || options.http.host == "::1";
  return access;
}

}  // namespace

Server::Server(const ServerOptions& options)
    : options_(options),
      recordings_(options.recordings),
      access_(access_of(options)),
      page_(page_files()),
      router_(access_, [this](const RouteEnd& end) { metrics_.count(end); }),
      begun_(std::chrono::duration_cast<std::chrono::seconds>(
                 std::chrono::system_clock::now().time_since_epoch())
                 .count()) {
  add_routes();
  http_ = std::make_unique<HttpServer>(
      options_.http, [this](const ExchangePointer& exchange) { router_.handle(exchange); }, refusal,
      [this](const HttpRequest& head) { return router_.gate(head); });
}

// First nobody asks any more, then nobody answers.
Server::~Server() {
  http_.reset();
  loaded_.reset();
}

void Server::load() {
  loaded_ = std::make_unique<const ServedModels>(options_.models);
  models_ = loaded_.get();
}

const ServedModels& Server::models() const {
  if (const ServedModels* models = models_) return *models;
  throw ApiError(
      {.status = 503, .message = "The models are being loaded.", .code = "loading", .retry_after_s = 2});
}

engine::Deadline Server::deadline() const { return std::chrono::steady_clock::now() + options_.request_time; }

void Server::add_routes() {
  using Rest = const std::string&;
  router_.add(
      "GET", "/health", [this](const auto& exchange, Rest) { health(exchange); }, RouteAccess::kPublic);
  router_.add(
      "GET", "/ready", [this](const auto& exchange, Rest) { ready(exchange); }, RouteAccess::kPublic);
  router_.add(
      "GET", "/",
      [this](const auto& exchange, Rest) {
        exchange->respond(page_.answer("index.html", exchange->request()));
      },
      RouteAccess::kPublic);
  router_.add(
      "GET", "/assets/*",
      [this](const auto& exchange, Rest name) {
        exchange->respond(page_.answer("assets/" + name, exchange->request()));
      },
      RouteAccess::kPublic);
  router_.add("GET", "/metrics", [this](const auto& exchange, Rest) { show_metrics(exchange); });
  router_.add("GET", "/v1/models", [this](const auto& exchange, Rest) { list_models(exchange); });
  router_.add("GET", "/v1/models/*", [this](const auto& exchange, Rest id) { show_model(exchange, id); });
  router_.add("POST", "/v1/tokenize", [this](const auto& exchange, Rest) { tokenize(exchange); });
  router_.add("POST", "/v1/chat/completions", [this](const auto& exchange, Rest) { chat(exchange); });
  router_.add("GET", "/v1/realtime", [this](const auto& exchange, Rest) { realtime(exchange); });
  router_.add("POST", "/v1/audio/transcriptions", [this](const auto& exchange, Rest) {
    transcribe(exchange, generate::WhisperTask::kTranscribe);
  });
  router_.add("POST", "/v1/audio/translations", [this](const auto& exchange, Rest) {
    transcribe(exchange, generate::WhisperTask::kTranslate);
  });
}

void Server::health(const ExchangePointer& exchange) const {
  exchange->respond({.body = R"({"status":"ok"})"});
}

void Server::ready(const ExchangePointer& exchange) const {
  models();
  exchange->respond({.body = R"({"status":"ready"})"});
}

void Server::list_models(const ExchangePointer& exchange) const {
  ordered_json data = ordered_json::array();
  for (const ServedModel& model : models().all()) data.push_back(model_json(model, begun_));
  exchange->respond({.body = json_line({{"object", "list"}, {"data", std::move(data)}})});
}

void Server::show_model(const ExchangePointer& exchange, const std::string& id) const {
  const ServedModel* model = models().find(id);
  if (model == nullptr) {
    throw ApiError({.status = 404,
                    .message = "There is no model of that name.",
                    .param = "model",
                    .code = "model_not_found"});
  }
  exchange->respond({.body = json_line(model_json(*model, begun_))});
}

void Server::show_metrics(const ExchangePointer& exchange) const {
  exchange->respond(
      {.body = metrics_.text(models_), .content_type = "text/plain; version=0.0.4; charset=utf-8"});
}

// {"model", "prompt" | "messages"} -> {"tokens", "count", "max_model_len"}.
void Server::tokenize(const ExchangePointer& exchange) const {
  const nlohmann::json body = parse_json(exchange->request().body, "request", ErrorCode::kUsage, kBodyLimits);
  const JsonFields request(body, "request", ErrorCode::kUsage);
  const engine::ChatScheduler& chat = *models().chat(request.text("model", "")).chat;
  const engine::LanguageModel& model = chat.model();
  std::vector<text::TokenId> tokens;
  if (request.has("messages")) {
    const std::vector<processor::Message> turns =
        parse_messages(request.list("messages"), "request", recordings_);
    tokens = model.processor->prepare(turns).ids;
  } else {
    tokens = model.tokenizer->encode(request.text(request.has("content") ? "content" : "prompt"));
  }
  exchange->respond(
      {.body = json_line(
           {{"count", tokens.size()}, {"max_model_len", chat.context_tokens()}, {"tokens", tokens}})});
}

void Server::chat(const ExchangePointer& exchange) {
  ChatCall call = parse_chat_call(exchange->request().body, recordings_, options_.chat);
  const ServedModel& model = models().chat(call.model);
  std::make_shared<ChatReply>(exchange, std::move(call), model, metrics_)->start(deadline());
}

void Server::transcribe(const ExchangePointer& exchange, generate::WhisperTask task) {
  models();
  TranscriptionCall call = parse_transcription_call(exchange->request(), task, recordings_);
  const ServedModel& model = models().speech(call.model);
  std::make_shared<TranscriptionReply>(exchange, std::move(call), model, metrics_)->start(deadline());
}

void Server::realtime(const ExchangePointer& exchange) {
  open_realtime(exchange, models(), metrics_,
                {.most_seconds = options_.recordings.most_seconds,
                 .answer_time = options_.request_time,
                 .answers = options_.chat});
}

}  // namespace auris::server
