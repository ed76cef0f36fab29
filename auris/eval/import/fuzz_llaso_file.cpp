#include <string_view>

#include "auris/eval/import/llaso_file.h"

// Any bytes are taken or rejected, and both together are all records.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::eval;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const LlasoFile file = parse_llaso_file(text);
  const LlasoJudgements judgements = parse_llaso_judgements(text);
  if (std::ssize(file.entries) + std::ssize(file.rejected) != file.records) __builtin_trap();
  if (std::ssize(judgements.scores) + std::ssize(judgements.rejected) != judgements.records) __builtin_trap();
  if (file.records != judgements.records) __builtin_trap();
  return 0;
}
