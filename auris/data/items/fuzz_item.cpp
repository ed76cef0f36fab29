#include <cstdlib>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/data/items/item.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using auris::Error;
  using auris::ErrorCode;
  using auris::parse_json;
  try {
    const auto json =
        parse_json({reinterpret_cast<const char*>(data), size}, "fuzz", ErrorCode::kInput, {.max_depth = 8});
    const auris::data::Item item = auris::data::item_from(json, "fuzz");
    if (!(auris::data::item_from(nlohmann::json::parse(auris::data::to_json(item).dump()), "again") == item))
      std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInput) throw;
  }
  return 0;
}
