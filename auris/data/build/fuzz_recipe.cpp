#include "auris/base/error.h"
#include "auris/data/build/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  for (DataKind kind : {DataKind::kEval, DataKind::kAlign}) {
    try {
      parse_recipe({reinterpret_cast<const char*>(data), size}, "fuzz", "/folder", kind);
    } catch (const auris::Error& error) {
      if (error.code() != auris::ErrorCode::kInput) throw;
    }
  }
  return 0;
}
