#include "auris/data/recognition/recognition_cache.h"

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/base/sha256.h"

namespace auris::data {

RecognitionCache::RecognitionCache(const std::filesystem::path& path)
    : file_(path, "recognitions", ErrorCode::kInput, [this](std::string_view line) { take_line(line); }) {}

std::string RecognitionCache::key_of(const nlohmann::ordered_json& settings, const std::string& content,
                                     const std::string& language) {
  const std::string all = fmt::format("{}\n{}\n{}", json_line(settings), content, language);
  return sha256_hex(std::as_bytes(std::span(all)));
}

void RecognitionCache::take_line(std::string_view line) {
  try {
    const nlohmann::json value = parse_json(line, "recognition", ErrorCode::kInput, {.max_depth = 4});
    const JsonFields fields(value, "recognition", ErrorCode::kInput);
    std::string key = fields.text("key");
    by_key_[std::move(key)] = {.text = fields.text("text"),
                               .language = fields.text("language", ""),
                               .language_probability = fields.number("probability", {0, 1}, 0.0)};
  } catch (const Error&) {
    ++damaged_lines_;
  }
}

const Heard* RecognitionCache::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

void RecognitionCache::add(const std::string& key, const Heard& heard) {
  file_.add(json_line({{"key", key},
                       {"text", heard.text},
                       {"language", heard.language},
                       {"probability", heard.language_probability}}));
  by_key_[key] = heard;
}

}  // namespace auris::data
