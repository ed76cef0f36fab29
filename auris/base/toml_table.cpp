#include "auris/base/toml_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/mapped_file.h"
#include "auris/base/nearest.h"

namespace auris {
namespace {

// What stands where something else was wanted, for messages.
std::string kind_of(const toml::node* node) {
  if (node == nullptr) return "none";
  switch (node->type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "the text " + quoted(node->value_or(std::string()));
    case toml::node_type::integer: return fmt::format("the number {}", node->value_or(int64_t{0}));
    case toml::node_type::floating_point: return fmt::format("the number {}", node->value_or(0.0));
    case toml::node_type::boolean: return node->value_or(false) ? "true" : "false";
    default: return "a date or a time";
  }
}

}  // namespace

TomlTable::TomlTable(const toml::table& table, std::string where, ErrorCode code, std::string hint)
    : table_(&table), where_(std::move(where)), code_(code), hint_(std::move(hint)) {}

void TomlTable::fail(std::string expected, std::string got, std::string hint) const {
  if (hint.empty()) hint = hint_;
  throw Error(
      code_,
      {.where = where_, .expected = std::move(expected), .got = std::move(got), .hint = std::move(hint)});
}

void TomlTable::fail_choice(std::string_view key, const std::string& name,
                            std::span<const std::string_view> known) const {
  fail(fmt::format("{} to be one of {}", key, fmt::join(known, ", ")), quoted(name),
       nearest_hint(name, known, 1));
}

void TomlTable::allow(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, node] : *table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
      const std::span<const std::string_view> known(keys.begin(), keys.size());
      fail(fmt::format("only the fields {}", fmt::join(keys, ", ")), quoted(key.str()),
           nearest_hint(key.str(), known, 1));
    }
  }
}

// toml++ has checked that strings are UTF-8.
std::string TomlTable::text_of(const toml::node* node, std::string_view key) const {
  const auto value = node != nullptr ? node->value<std::string>() : std::nullopt;
  if (!value) fail(fmt::format("a text {}", key), kind_of(node));
  const bool tidy = !value->empty() && value->find_first_of("\r\n\t") == std::string::npos &&
                    value->front() != ' ' && value->back() != ' ';
  if (!tidy) fail(fmt::format("one line of {} without blanks at its ends", key), quoted(*value));
  return *value;
}

std::string TomlTable::text(std::string_view key) const { return text_of(table_->get(key), key); }

double TomlTable::number(std::string_view key) const {
  const toml::node* node = table_->get(key);
  const auto value = node != nullptr && node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value)) fail(fmt::format("a number {}", key), kind_of(node));
  return *value;
}

double TomlTable::number(std::string_view key, double min, double max) const {
  const double value = number(key);
  if (value < min || value > max) {
    fail(fmt::format("a number {} from {} to {}", key, min, max), fmt::format("{}", value));
  }
  return value;
}

bool TomlTable::flag(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr || !node->is_boolean()) fail(fmt::format("{} = true or false", key), kind_of(node));
  return node->as_boolean()->get();
}

int64_t TomlTable::integer(std::string_view key, int64_t min, int64_t max) const {
  const toml::node* node = table_->get(key);
  const auto* value = node != nullptr ? node->as_integer() : nullptr;
  const std::string expected = fmt::format("a whole number {} from {} to {}", key, min, max);
  if (value == nullptr) fail(expected, kind_of(node));
  if (value->get() < min || value->get() > max) fail(expected, fmt::format("{}", value->get()));
  return value->get();
}

const toml::array& TomlTable::array(std::string_view key) const {
  const toml::node* node = table_->get(key);
  const toml::array* array = node != nullptr ? node->as_array() : nullptr;
  if (array == nullptr || array->empty()) {
    fail(fmt::format("a list {}", key), array == nullptr ? kind_of(node) : "an empty one");
  }
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

TomlTable TomlTable::table(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr || !node->is_table()) fail(fmt::format("a table {}", key), kind_of(node));
  return inner(*node->as_table(), std::string(key));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> tables;
  for (const toml::node& node : array(key)) {
    if (!node.is_table()) fail(fmt::format("tables in {}", key), kind_of(&node));
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
