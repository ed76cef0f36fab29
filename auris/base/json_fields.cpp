#include "auris/base/json_fields.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/nearest.h"

namespace auris {
namespace {

std::string shown(const nlohmann::json& value) {
  if (value.is_structured()) return std::string("an ") + value.type_name();
  return auris::quoted(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string shown(const nlohmann::json* value) { return value == nullptr ? "nothing" : shown(*value); }

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string where, ErrorCode code)
    : object_(&object), where_(std::move(where)), code_(code) {
  if (!object.is_object()) {
    throw Error(code_, {.where = where_, .expected = "a JSON object", .got = shown(object), .hint = ""});
  }
}

void JsonFields::allow(std::span<const std::string_view> keys) const {
  for (const auto& [key, value] : object_->items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      fail(key, "a field that is known", "another one", nearest_hint(key, keys));
    }
  }
}

const nlohmann::json* JsonFields::find(std::string_view key) const {
  auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json& JsonFields::value(std::string_view key) const {
  static const nlohmann::json kNull;
  const nlohmann::json* found = find(key);
  return found != nullptr ? *found : kNull;
}

void JsonFields::fail(std::string_view key, std::string expected, std::string got, std::string hint) const {
  throw Error(code_, {.where = fmt::format("{}: {}", where_, auris::quoted(key)),
                      .expected = std::move(expected),
                      .got = std::move(got),
                      .hint = std::move(hint)});
}

const nlohmann::json& JsonFields::at(std::string_view key, const std::string& expected) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr) fail(key, expected, "nothing");
  return *value;
}

int64_t JsonFields::integer(std::string_view key, IntegerRange range, std::optional<int64_t> fallback) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr && fallback) return *fallback;
  bool fits = false;
  if (value != nullptr && value->is_number_unsigned()) {
    fits = range.max >= 0 && value->get<uint64_t>() <= static_cast<uint64_t>(range.max) &&
           (range.min <= 0 || value->get<uint64_t>() >= static_cast<uint64_t>(range.min));
  } else if (value != nullptr && value->is_number_integer()) {
    fits = value->get<int64_t>() >= range.min && value->get<int64_t>() <= range.max;
  }
  if (fits) return value->get<int64_t>();
  fail(key, fmt::format("an integer in [{}, {}]", range.min, range.max), shown(value));
}

double JsonFields::number(std::string_view key, NumberRange range, std::optional<double> fallback) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr && fallback) return *fallback;
  if (value != nullptr && value->is_number()) {
    const auto number = value->get<double>();
    // Written so that NaN, which binary formats can carry, is refused.
    if (number >= range.min && number <= range.max) return number;
  }
  fail(key, fmt::format("a number in [{}, {}]", range.min, range.max), shown(value));
}

bool JsonFields::flag(std::string_view key, std::optional<bool> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const nlohmann::json& value = at(key, "true or false");
  if (!value.is_boolean()) fail(key, "true or false", shown(value));
  return value.get<bool>();
}

std::string JsonFields::text(std::string_view key, std::optional<std::string> fallback) const {
  if (fallback && !has(key)) return *fallback;
  const nlohmann::json& value = at(key, "a string");
  if (!value.is_string()) fail(key, "a string", shown(value));
  return value.get<std::string>();
}

std::optional<std::string> JsonFields::optional_text(std::string_view key) const {
  return has(key) ? std::optional(text(key)) : std::nullopt;
}

const nlohmann::json& JsonFields::list(std::string_view key) const {
  const nlohmann::json& value = at(key, "an array");
  if (!value.is_array()) fail(key, "an array", shown(value));
  return value;
}

JsonFields JsonFields::object(std::string_view key) const {
  return {at(key, "a JSON object"), fmt::format("{}: {}", where_, auris::quoted(key)), code_};
}

}  // namespace auris
