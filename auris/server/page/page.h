#pragma once
// The page of the server: GET / and what it loads from /assets/.
//
//   Page page(page_files());
//   exchange->respond(page.answer("index.html", exchange->request()));

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "auris/server/http/http_message.h"
#include "auris/server/page/page_files.h"

namespace auris::server {

class Page {
 public:
  // `files` must outlive the page.
  explicit Page(std::span<const PageFile> files);

  // The file of that path; 304 if the client shows that it has it (If-None-Match). Names of assets hold a
  // hash of their content, so that they may be kept for a year. Throws ApiError 404.
  HttpResponse answer(std::string_view path, const HttpRequest& request) const;

 private:
  struct Entry {
    std::string_view content;
    std::string tag;  // with its quotes
  };
  std::map<std::string_view, Entry> files_;
};

}  // namespace auris::server
