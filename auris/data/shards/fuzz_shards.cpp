#include "auris/base/error.h"
#include "auris/data/shards/shard_index.h"
#include "auris/data/shards/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto guarded = [](const auto& act) {
    try {
      act();
    } catch (const auris::Error& error) {
      if (error.code() != auris::ErrorCode::kInput) throw;
    }
  };
  guarded([&] {
    const ShardIndex index = ShardIndex::parse(bytes, "fuzz");
    for (uint64_t i = 0; i < index.size(); ++i) guarded([&] { index[i]; });
  });
  guarded([&] { read_tar(bytes, "fuzz"); });
  return 0;
}
