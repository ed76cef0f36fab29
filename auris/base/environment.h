#pragma once
// Environment variables. One that is empty counts as one that is not set.

#include <cstdlib>
#include <string>

namespace auris {

// nullptr if it is not set.
inline const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

inline std::string environment_or(const char* name, const std::string& otherwise = "") {
  const char* value = environment(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace auris
