#include "auris/data/recognition/recognition_cache.h"

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/base/sha256.h"

namespace auris::data {

std::string heard_key(const nlohmann::ordered_json& settings, const std::string& content,
                      const std::string& language) {
  const std::string all = fmt::format("{}\n{}\n{}", json_line(settings), content, language);
  return sha256_hex(std::as_bytes(std::span(all)));
}

nlohmann::ordered_json HeardForm::to_json(const Heard& heard) {
  return {{"key", heard.key},
          {"text", heard.text},
          {"language", heard.language},
          {"probability", heard.language_probability}};
}

Heard HeardForm::from_json(const nlohmann::json& value) {
  const JsonFields fields(value, kRecord, ErrorCode::kInput);
  return {.key = fields.text("key"),
          .text = fields.text("text"),
          .language = fields.text("language", ""),
          .language_probability = fields.number("probability", {0, 1}, 0.0)};
}

}  // namespace auris::data
