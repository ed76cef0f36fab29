// Any bytes as a content type (the first line) and a form: fields within the body, or an ApiError.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "auris/server/api/api_error.h"
#include "auris/server/speech/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::server;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view type = input.substr(0, input.find('\n'));
  const std::string_view body = input.substr(std::min(size, type.size() + 1));
  try {
    for (const FormField& field : parse_multipart(type, body)) {
      const bool is_inside = field.content.data() >= body.data() &&
                             field.content.data() + field.content.size() <= body.data() + body.size();
      if (!is_inside) std::abort();
    }
  } catch (const ApiError& refused) {
    if (refused.parts().status != 400 && refused.parts().status != 415) std::abort();
  }
  return 0;
}
