#include "auris/generate/whisper/segmenting.h"

#include <algorithm>

namespace auris::generate {
namespace {
constexpr double kSecondsPerFrame = 0.01;
constexpr double kSecondsPerTimestamp = 0.02;
constexpr int64_t kFramesPerTimestamp = 2;
}  // namespace

WindowSegments split_by_timestamps(const WhisperVocabulary& vocabulary, std::span<const TokenId> tokens,
                                   const WindowPlace& place) {
  WindowSegments out;
  const double offset = static_cast<double>(place.frame) * kSecondsPerFrame;
  const size_t n = tokens.size();
  auto time = [&](size_t i) { return vocabulary.is_timestamp(tokens[i]); };
  auto steps = [&](size_t i) {  // a text behind a prefix need not begin with a timestamp
    return std::max<int64_t>(0, tokens[i] - vocabulary.timestamp_begin);
  };
  out.silent_end = n >= 2 && !time(n - 2) && time(n - 1);

  std::vector<size_t> cuts;  // between two neighbouring timestamps one segment ends and the next begins
  for (size_t i = 1; i < n; ++i) {
    if (time(i) && time(i - 1)) cuts.push_back(i);
  }
  if (cuts.empty()) {
    double duration = static_cast<double>(place.frames) * kSecondsPerFrame;
    auto last =
        std::find_if(tokens.rbegin(), tokens.rend(), [&](TokenId id) { return vocabulary.is_timestamp(id); });
    if (last != tokens.rend() && *last != vocabulary.timestamp_begin) {
      duration = static_cast<double>(*last - vocabulary.timestamp_begin) * kSecondsPerTimestamp;
    }
    out.segments.push_back({offset, offset + duration, {tokens.begin(), tokens.end()}});
    out.next_frame = place.frame + place.frames;
    return out;
  }
  if (out.silent_end) cuts.push_back(n);
  size_t begin = 0;
  for (size_t end : cuts) {
    TokenSegment segment;
    segment.start = offset + static_cast<double>(steps(begin)) * kSecondsPerTimestamp;
    segment.end = offset + static_cast<double>(steps(end - 1)) * kSecondsPerTimestamp;
    segment.tokens.assign(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                          tokens.begin() + static_cast<std::ptrdiff_t>(end));
    out.segments.push_back(std::move(segment));
    begin = end;
  }
  // An unfinished segment is left to the next window, which begins at the last timestamp.
  out.next_frame = place.frame + (out.silent_end ? place.frames : steps(begin - 1) * kFramesPerTimestamp);
  return out;
}

}  // namespace auris::generate
