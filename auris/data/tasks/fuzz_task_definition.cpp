#include "auris/base/error.h"
#include "auris/data/tasks/wordings.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto try_to = [](const auto& parse) {
    try {
      parse();
    } catch (const auris::Error& error) {
      if (error.code() != auris::ErrorCode::kInput) throw;
    }
  };
  try_to([&] { auris::data::parse_task(text, "fuzz"); });
  try_to([&] { auris::data::parse_wordings(text, "fuzz", auris::data::all_tasks()); });
  return 0;
}
