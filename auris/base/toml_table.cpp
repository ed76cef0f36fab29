#include "auris/base/toml_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/mapped_file.h"

namespace auris {

TomlTable::TomlTable(const toml::table& table, std::string where, ErrorCode code, std::string hint)
    : table_(&table), where_(std::move(where)), code_(code), hint_(std::move(hint)) {}

void TomlTable::fail(std::string expected, std::string got) const {
  throw Error(code_,
              {.where = where_, .expected = std::move(expected), .got = std::move(got), .hint = hint_});
}

void TomlTable::allow(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, node] : *table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
      fail(fmt::format("only the fields {}", fmt::join(keys, ", ")), quoted(key.str()));
    }
  }
}

// toml++ has checked that strings are UTF-8.
std::string TomlTable::text_of(const toml::node* node, std::string_view key) const {
  const auto value = node != nullptr ? node->value<std::string>() : std::nullopt;
  if (!value) fail(fmt::format("a text {}", key), "none");
  const bool tidy = !value->empty() && value->find_first_of("\r\n\t") == std::string::npos &&
                    value->front() != ' ' && value->back() != ' ';
  if (!tidy) fail(fmt::format("one line of {} without blanks at its ends", key), quoted(*value));
  return *value;
}

std::string TomlTable::text(std::string_view key) const { return text_of(table_->get(key), key); }

double TomlTable::number(std::string_view key) const {
  const auto value = (*table_)[key].value<double>();
  if (!value || !std::isfinite(*value)) fail(fmt::format("a number {}", key), "none");
  return *value;
}

int64_t TomlTable::integer(std::string_view key, int64_t min, int64_t max) const {
  const auto* value = (*table_)[key].as_integer();
  const std::string expected = fmt::format("a whole number {} from {} to {}", key, min, max);
  if (value == nullptr) fail(expected, "none");
  if (value->get() < min || value->get() > max) fail(expected, fmt::format("{}", value->get()));
  return value->get();
}

const toml::array& TomlTable::array(std::string_view key) const {
  const toml::array* array = (*table_)[key].as_array();
  if (array == nullptr || array->empty()) fail(fmt::format("a list {}", key), "none");
  return *array;
}

std::vector<std::string> TomlTable::texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (const toml::node& node : array(key)) texts.push_back(text_of(&node, key));
  return texts;
}

std::vector<std::string> TomlTable::texts_or_none(std::string_view key) const {
  return has(key) ? texts(key) : std::vector<std::string>();
}

TomlTable TomlTable::inner(const toml::table& table, const std::string& place) const {
  return {table, fmt::format("{}, {}", where_, place), code_, hint_};
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> tables;
  for (const toml::node& node : array(key)) {
    if (!node.is_table()) fail(fmt::format("tables in {}", key), "another kind of value");
    tables.push_back(inner(*node.as_table(), fmt::format("{} {}", key, tables.size() + 1)));
  }
  return tables;
}

toml::table parse_toml(std::string_view text, const std::string& where, ErrorCode code, size_t max_bytes) {
  const auto fail = [&](std::string expected, std::string got) {
    throw Error(code, {.where = where, .expected = std::move(expected), .got = std::move(got), .hint = ""});
  };
  if (text.size() > max_bytes)
    fail(fmt::format("at most {} bytes", max_bytes), fmt::format("{}", text.size()));
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    fail("a TOML file", fmt::format("{} in line {}", quoted(error.description()), error.source().begin.line));
  }
  return {};
}

std::string read_toml_text(const std::filesystem::path& path, ErrorCode code) {
  const auto file = MappedFile::open(path, code);
  return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
}

}  // namespace auris
