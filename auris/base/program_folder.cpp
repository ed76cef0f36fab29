#include "auris/base/program_folder.h"

#include "auris/base/environment.h"

namespace auris {

namespace fs = std::filesystem;

fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

fs::path share_folder() {
  if (const char* named = environment("AURIS_SHARE")) return named;
  return program_folder().parent_path() / "share/auris";
}

}  // namespace auris
