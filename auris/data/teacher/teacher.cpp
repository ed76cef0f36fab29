#include "auris/data/teacher/teacher.h"

#include <fmt/format.h>

#include "auris/base/stable_hash.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::data {
namespace {

constexpr int kMostTop = 1024;  // as answer_logits.h
constexpr int kVersion = 1;     // grows when the same settings would give other answers

void check(const TeacherOptions& options) {
  const auto fail = [](std::string expected, std::string got) {
    throw Error(
        ErrorCode::kUsage,
        {.where = "data respond", .expected = std::move(expected), .got = std::move(got), .hint = ""});
  };
  check_prompt(options.prompt, "data respond", ErrorCode::kUsage);
  if (options.top < 1 || options.top > kMostTop)
    fail("1 to 1024 likeliest tokens", fmt::format("{}", options.top));
  if (options.max_tokens < 1) fail("at least 1 token", fmt::format("{}", options.max_tokens));
}

}  // namespace

Teacher::Teacher(std::shared_ptr<engine::Engine> engine, const TeacherOptions& options)
    : engine_(std::move(engine)), options_(options) {
  check(options_);
  const std::string& name = engine_->options().language_model;
  fingerprint_ = weights::model_fingerprint(weights::Catalog::load().resolve(name));
  if (options_.top > vocab_size()) options_.top = vocab_size();
}

nlohmann::ordered_json Teacher::settings() const {
  nlohmann::ordered_json settings = {{"prompt", options_.prompt},
                                     {"model", engine_->options().language_model},
                                     {"model_hash", fingerprint_},
                                     {"system", options_.system},
                                     {"top", options_.top},
                                     {"max_tokens", options_.max_tokens},
                                     {"temperature", options_.temperature},
                                     {"seed", options_.seed},
                                     {"version", kVersion}};
  if (engine_->device() != Device::kCpu) settings["device"] = name_of(engine_->device());
  return settings;
}

int32_t Teacher::vocab_size() const {
  return static_cast<int32_t>(engine_->language_model()->llama->config().vocab_size);
}

TeacherAnswer Teacher::answer(const std::string& clip_id, const std::string& text) const {
  std::string prompt = options_.prompt;
  prompt.replace(prompt.find(kTextMark), kTextMark.size(), text);
  generate::GenerationOptions generation;
  generation.max_tokens = options_.max_tokens;
  generation.sampling.temperature = options_.temperature;
  generation.sampling.seed = stable_hash(clip_id, options_.seed);
  TeacherAnswer answer;
  answer.logits.top = options_.top;
  generate::GenerationCallbacks callbacks;
  callbacks.on_choice = [&](const generate::Choice& choice, std::span<const float> logits) {
    answer.logits.add(choice.id, logits);
  };
  // A session of its own: with keys and values of an earlier one, rounding would depend on the company.
  const auto session = engine_->start_session({.system = options_.system});
  const generate::Generation said = session->send(prompt, generation, callbacks);
  answer.text = said.text;
  answer.finish = generate::name_of(said.finish_reason);
  return answer;
}

}  // namespace auris::data
