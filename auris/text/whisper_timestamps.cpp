#include "auris/text/whisper_timestamps.h"

#include <fmt/format.h>

namespace auris::text {

void add_whisper_timestamps(Vocabulary& vocabulary, std::vector<AddedToken>& added) {
  const auto last = vocabulary.find("<|notimestamps|>");
  if (!last || *last + 1 != vocabulary.size() || !vocabulary.find("<|startoftranscript|>")) return;
  constexpr int kCount = 1501;  // every 20 ms from 0 to 30 s
  for (int i = 0; i < kCount; ++i) {
    AddedToken token{
        .content = fmt::format("<|{}.{:02}|>", i / 50, i % 50 * 2), .id = *last + 1 + i, .special = true};
    vocabulary.add(token.id, token.content);
    added.push_back(std::move(token));
  }
}

}  // namespace auris::text
