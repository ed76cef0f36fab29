#pragma once
// multipart/form-data (RFC 7578) in memory, read strictly: what two programs could read in two ways is
// refused.

#include <string>
#include <string_view>
#include <vector>

namespace auris::server {

struct FormField {
  std::string name;
  std::string file_name = {};     // empty for a field that is no file
  std::string_view content = {};  // of the body
};

// Throws ApiError 415 for another content type, 400 for a body that is no such form. The fields refer to
// `body`.
std::vector<FormField> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace auris::server
