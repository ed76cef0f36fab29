#pragma once
// Reads the fields of a TOML table that somebody wrote: every key must be known, every value of its kind, and
// a wrong one is an error that names the place. Costs compile time: include it in sources only.

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "auris/base/error.h"
#include "auris/base/name_table.h"

namespace auris {

class TomlTable {
 public:
  // `where` opens every message, `hint` ends it. Keeps a reference to `table`.
  TomlTable(const toml::table& table, std::string where, ErrorCode code, std::string hint = "");

  const std::string& where() const { return where_; }
  bool has(std::string_view key) const { return table_->contains(key); }
  // Throws if there is any other key, with the nearest of these.
  void allow(std::initializer_list<std::string_view> keys) const;

  // One line of UTF-8 without blanks at its ends, not empty.
  std::string text(std::string_view key) const;
  std::string text_or_empty(std::string_view key) const { return has(key) ? text(key) : std::string(); }
  double number(std::string_view key) const;  // finite
  double number(std::string_view key, double min, double max) const;
  bool flag(std::string_view key) const;
  int64_t integer(std::string_view key, int64_t min, int64_t max) const;
  // Lists hold at least one value.
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<std::string> texts_or_none(std::string_view key) const;
  std::vector<TomlTable> tables(std::string_view key) const;
  const toml::array& array(std::string_view key) const;
  // The value that a text names.
  template <class Value, size_t kCount>
  Value choice(std::string_view key, const NameTable<Value, kCount>& names) const {
    return choice_of(key, text(key), names);
  }
  // The value that `name`, one of the texts of `key`, stands for.
  template <class Value, size_t kCount>
  Value choice_of(std::string_view key, const std::string& name,
                  const NameTable<Value, kCount>& names) const {
    if (const auto value = value_in(names, name)) return *value;
    std::array<std::string_view, kCount> known;
    for (size_t i = 0; i < kCount; ++i) known[i] = names[i].second;
    fail_choice(key, name, known);
  }
  // A table under this key; its messages name it "WHERE, KEY".
  TomlTable table(std::string_view key) const;
  // A table within, named `place`.
  TomlTable inner(const toml::table& table, const std::string& place) const;

  // Without a hint of its own a message ends with that of the table.
  [[noreturn]] void fail(std::string expected, std::string got, std::string hint = "") const;

 private:
  std::string text_of(const toml::node* node, std::string_view key) const;
  [[noreturn]] void fail_choice(std::string_view key, const std::string& name,
                                std::span<const std::string_view> known) const;

  const toml::table* table_;
  std::string where_;
  ErrorCode code_;
  std::string hint_;
};

// Parses a whole file of at most `max_bytes`.
toml::table parse_toml(std::string_view text, const std::string& where, ErrorCode code,
                       size_t max_bytes = 1 << 20);

// The text of a TOML file.
std::string read_toml_text(const std::filesystem::path& path, ErrorCode code);

}  // namespace auris
