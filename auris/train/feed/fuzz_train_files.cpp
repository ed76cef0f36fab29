// What a run reads back of its own: lengths, the feed's position, records; and the reports for its card.

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/train/card/card_results.h"
#include "auris/train/feed/feed_position.h"
#include "auris/train/feed/length_table.h"
#include "auris/train/watch/run_record.h"

namespace {

template <class Act>
void input_only(const Act& act) {
  try {
    act();
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kInput) throw;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::train;
  input_only([&] { LengthTable::parse(std::as_bytes(std::span(data, size)), "fuzz"); });
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto json = [&] {
    return auris::parse_json(text, "fuzz", auris::ErrorCode::kInput, {.max_depth = 8});
  };
  input_only([&] { feed_position_from(json(), "fuzz"); });
  input_only([&] { card_results(json(), "fuzz"); });
  input_only([&] {
    const RunRecord record = run_record_from(json());
    curves_of(record);
    run_record_from(nlohmann::json::parse(to_json(record).dump()));
  });
  return 0;
}
