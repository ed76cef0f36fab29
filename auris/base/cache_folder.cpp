#include "auris/base/cache_folder.h"

#include "auris/base/environment.h"

namespace auris {

std::filesystem::path cache_folder() {
  if (const char* own = environment("AURIS_CACHE")) return own;
  if (const char* xdg = environment("XDG_CACHE_HOME")) return std::filesystem::path(xdg) / "auris";
  if (const char* home = environment("HOME")) return std::filesystem::path(home) / ".cache" / "auris";
  return std::filesystem::temp_directory_path() / "auris";
}

std::filesystem::path model_folder() { return cache_folder() / "models"; }

}  // namespace auris
