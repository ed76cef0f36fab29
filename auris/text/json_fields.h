#pragma once
// Typed access to the fields of a tokenizer.json. Absent and null fields take the default; a field of another type is an
// error (kModel) that names it.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace auris::text {

bool bool_field(const nlohmann::json& object, std::string_view name, bool otherwise);
int64_t integer_field(const nlohmann::json& object, std::string_view name, int64_t otherwise);
std::string string_field(const nlohmann::json& object, std::string_view name, std::string_view otherwise);
std::optional<std::string> optional_string_field(const nlohmann::json& object, std::string_view name);
// The field, or a null value. `object` may be anything.
const nlohmann::json& child_of(const nlohmann::json& object, std::string_view name);

[[noreturn]] void fail_field(std::string_view name, std::string expected, std::string got);

}  // namespace auris::text
