#include "auris/base/error.h"
#include "auris/train/recipe/train_recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    auris::train::parse_train_recipe({reinterpret_cast<const char*>(data), size}, "fuzz", "/folder");
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kInput) throw;
  }
  return 0;
}
