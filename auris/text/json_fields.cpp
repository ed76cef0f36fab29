#include "auris/text/json_fields.h"

#include "auris/base/error.h"

namespace auris::text {

using nlohmann::json;

void fail_field(std::string_view name, std::string expected, std::string got) {
  throw Error(ErrorCode::kModel, {.where = "tokenizer.json: " + std::string(name),
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = ""});
}

const json& child_of(const json& object, std::string_view name) {
  static const json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

bool bool_field(const json& object, std::string_view name, bool otherwise) {
  const json& value = child_of(object, name);
  if (value.is_null()) return otherwise;
  if (!value.is_boolean()) fail_field(name, "true or false", value.type_name());
  return value.get<bool>();
}

int64_t integer_field(const json& object, std::string_view name, int64_t otherwise) {
  const json& value = child_of(object, name);
  if (value.is_null()) return otherwise;
  if (!value.is_number_integer()) fail_field(name, "a whole number", value.type_name());
  return value.get<int64_t>();
}

std::optional<std::string> optional_string_field(const json& object, std::string_view name) {
  const json& value = child_of(object, name);
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) fail_field(name, "a string", value.type_name());
  return value.get<std::string>();
}

std::string string_field(const json& object, std::string_view name, std::string_view otherwise) {
  return optional_string_field(object, name).value_or(std::string(otherwise));
}

}  // namespace auris::text
