#pragma once
// Reads the fields of a TOML table that somebody wrote: every key must be known, every value of its kind, and
// a wrong one is an error that names the place. Costs compile time: include it in sources only.

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "auris/base/error.h"

namespace auris {

class TomlTable {
 public:
  // `where` opens every message, `hint` ends it. Keeps a reference to `table`.
  TomlTable(const toml::table& table, std::string where, ErrorCode code, std::string hint = "");

  const std::string& where() const { return where_; }
  bool has(std::string_view key) const { return table_->contains(key); }
  // Throws if there is any other key.
  void allow(std::initializer_list<std::string_view> keys) const;

  // One line of UTF-8 without blanks at its ends, not empty.
  std::string text(std::string_view key) const;
  std::string text_or_empty(std::string_view key) const { return has(key) ? text(key) : std::string(); }
  double number(std::string_view key) const;  // finite
  int64_t integer(std::string_view key, int64_t min, int64_t max) const;
  // Lists hold at least one value.
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<std::string> texts_or_none(std::string_view key) const;
  std::vector<TomlTable> tables(std::string_view key) const;
  const toml::array& array(std::string_view key) const;
  // A table within, named `place`.
  TomlTable inner(const toml::table& table, const std::string& place) const;

  [[noreturn]] void fail(std::string expected, std::string got) const;

 private:
  std::string text_of(const toml::node* node, std::string_view key) const;

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
