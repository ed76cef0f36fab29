#include "auris/server/page/page_files.h"

namespace auris::server {

std::span<const PageFile> page_files() { return {}; }

}  // namespace auris::server
