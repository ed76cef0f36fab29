#pragma once
// Reads the fields of a JSON object that came from a file: every value is checked for type and range, and a
// wrong one is an error (of a model file, unless another code is given) that names the field. A null counts
// as absent, as in the configs of Hugging Face.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"

namespace auris {

class JsonFields {
 public:
  struct IntegerRange {
    int64_t min = 0;
    int64_t max = 0;
  };
  struct NumberRange {
    double min = 0.0;
    double max = 0.0;
  };

  // `where` opens every message. Keeps a reference to `object`. Throws if it is not an object.
  JsonFields(const nlohmann::json& object, std::string where, ErrorCode code = ErrorCode::kModel);

  // Throws for a key that is none of these, with the nearest of them.
  void allow(std::span<const std::string_view> keys) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  const nlohmann::json* find(std::string_view key) const;   // nullptr if absent or null
  const nlohmann::json& value(std::string_view key) const;  // a null value if absent

  // Without a fallback the field must be there.
  int64_t integer(std::string_view key, IntegerRange range, std::optional<int64_t> fallback = {}) const;
  double number(std::string_view key, NumberRange range, std::optional<double> fallback = {}) const;
  bool flag(std::string_view key, std::optional<bool> fallback = {}) const;
  std::string text(std::string_view key, std::optional<std::string> fallback = {}) const;
  std::optional<std::string> optional_text(std::string_view key) const;
  const nlohmann::json& list(std::string_view key) const;
  JsonFields object(std::string_view key) const;

  const nlohmann::json& json() const { return *object_; }
  const std::string& where() const { return where_; }
  [[noreturn]] void fail(std::string_view key, std::string expected, std::string got,
                         std::string hint = "") const;

 private:
  const nlohmann::json& at(std::string_view key, const std::string& expected) const;

  const nlohmann::json* object_;
  std::string where_;
  ErrorCode code_;
};

}  // namespace auris
