// Any bytes as base64: what is read is written again as it was, but for bits behind the end.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auris/base/error.h"
#include "auris/text/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text::from_base64(text::to_base64(text)) != text) std::abort();
  try {
    const std::string bytes = text::from_base64(text);
    if (text::to_base64(bytes).size() != text.size()) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
