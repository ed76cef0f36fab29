#pragma once
// A figure in JSON: null where there is none, as JSON knows no NaN.

#include <cmath>

#include <nlohmann/json.hpp>

namespace auris {

inline nlohmann::ordered_json json_number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

}  // namespace auris
