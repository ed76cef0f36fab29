#include <algorithm>

#include "auris/base/error.h"
#include "auris/data/responses/response_set.h"

// The first two bytes say how many of the others are lines; the rest are logits, or one record.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  if (size < 2) return 0;
  const size_t lines = std::min<size_t>(data[0] | static_cast<size_t>(data[1]) << 8, size - 2);
  const auto bytes = std::as_bytes(std::span(data + 2, size - 2));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), lines);
  const auto guarded = [](const auto& act) {
    try {
      act();
    } catch (const auris::Error& error) {
      if (error.code() != auris::ErrorCode::kInput) throw;
    }
  };
  guarded([&] {
    const AnswerLogits answer = parse_answer_logits(bytes.subspan(lines), "fuzz");
    const std::string again = to_bytes(answer);
    if (!(parse_answer_logits(std::as_bytes(std::span(again)), "again") == answer)) __builtin_trap();
  });
  guarded([&] {
    const LogitsFile logits = LogitsFile::parse(bytes.subspan(lines), "fuzz");
    for (uint64_t i = 0; i < std::min<uint64_t>(logits.size(), 100); ++i) guarded([&] { logits[i]; });
    ResponseSet(text, logits, "fuzz").find("a");
  });
  return 0;
}
