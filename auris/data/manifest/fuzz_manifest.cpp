#include <cstdlib>
#include <sstream>

#include "auris/data/manifest/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  const auto again = [](const Clip& clip) {
    const auto json = nlohmann::json::parse(to_json(clip).dump());
    if (!(clip_from(json, "fuzz") == clip)) std::abort();
  };
  const ManifestCounts counts = read_manifest(lines, "fuzz", again, [](const Rejection&) {});
  if (counts.lines != counts.clips + counts.rejected + counts.blank) std::abort();
  return 0;
}
