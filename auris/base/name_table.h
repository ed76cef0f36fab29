#pragma once
// The names of an enumeration's values in files and on command lines.
//
//   inline constexpr NameTable<Shape, 2> kShapes{{{Shape::kRound, "round"}, {Shape::kFlat, "flat"}}};

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace auris {

template <class Value, size_t kCount>
using NameTable = std::array<std::pair<Value, std::string_view>, kCount>;

template <class Value, size_t kCount>
constexpr std::string_view name_in(const NameTable<Value, kCount>& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "unknown";
}

template <class Value, size_t kCount>
constexpr std::optional<Value> value_in(const NameTable<Value, kCount>& table, std::string_view name) {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// "a, b, c", for messages.
template <class Value, size_t kCount>
std::string names_in(const NameTable<Value, kCount>& table) {
  std::string names;
  for (const auto& entry : table) names += (names.empty() ? "" : ", ") + std::string(entry.second);
  return names;
}

}  // namespace auris
