#pragma once
// The files of the page of web/, which the build embeds (embed_page.cmake).

#include <span>
#include <string_view>

namespace auris::server {

struct PageFile {
  std::string_view path;     // "index.html", "assets/index-BqW1cX0z.js"
  std::string_view content;  // UTF-8
};

// None where the tools that build the page were missing (tools/setup_web.sh).
std::span<const PageFile> page_files();

}  // namespace auris::server
