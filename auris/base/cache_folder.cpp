#include "auris/base/cache_folder.h"

#include <cstdlib>

namespace auris {
namespace {

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

std::filesystem::path cache_folder() {
  if (const char* own = environment("AURIS_CACHE")) return own;
  if (const char* xdg = environment("XDG_CACHE_HOME")) return std::filesystem::path(xdg) / "auris";
  if (const char* home = environment("HOME")) return std::filesystem::path(home) / ".cache" / "auris";
  return std::filesystem::temp_directory_path() / "auris";
}

std::filesystem::path model_folder() { return cache_folder() / "models"; }

}  // namespace auris
