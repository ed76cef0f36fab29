#include "auris/base/error.h"
#include "auris/data/tasks/task.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    auris::data::parse_task({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kInput) throw;
  }
  return 0;
}
