#include "auris/audio/frontend/whisper_frontend.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "auris/audio/frontend/log_mel_kernel.h"
#include "auris/audio/require_finite.h"
#include "auris/base/error.h"
#include "auris/base/thread_pool.h"

namespace auris::audio {
namespace {

constexpr int64_t kHalf = kWhisperFft / 2;
constexpr int64_t kTaskFrames = 3 * kLogMelGroup;  // some tens of microseconds
constexpr float kLogFloor = -10.0f;                // log10 of 1e-10: the value of digital silence

// The recording with `total - samples.size()` zeros behind it, reflected at both ends for ever.
struct Padded {
  std::span<const float> samples;
  int64_t total;

  float at(int64_t i) const {
    if (total == 1) return samples.empty() ? 0.0f : samples[0];
    int64_t period = 2 * (total - 1);
    i = ((i % period) + period) % period;
    if (i >= total) i = period - i;
    return i < static_cast<int64_t>(samples.size()) ? samples[static_cast<size_t>(i)] : 0.0f;
  }

  // samples [begin, begin + count) into out
  void copy(int64_t begin, int64_t count, float* out) const {
    auto held = static_cast<int64_t>(samples.size());
    for (int64_t i = 0; i < count;) {
      int64_t from = begin + i;
      if (from >= 0 && from < held) {
        int64_t run = std::min(count - i, held - from);
        std::memcpy(out + i, samples.data() + from, static_cast<size_t>(run) * sizeof(float));
        i += run;
      } else {
        out[i++] = at(from);
      }
    }
  }
};

void raise(std::atomic<float>& maximum, float value) {
  float seen = maximum.load(std::memory_order_relaxed);
  while (value > seen && !maximum.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

// Rows [first, first + count), straight from the recording if all they touch lies inside, else from a padded
// copy.
void compute_rows(const LogMelPlan& plan, const Padded& padded, int64_t first, int64_t count, float* out) {
  int64_t begin = first * kWhisperHop - kHalf;
  int64_t groups = (count + kLogMelGroup - 1) / kLogMelGroup;
  int64_t needed = (groups * kLogMelGroup - 1) * kWhisperHop + kWhisperFft;
  if (begin >= 0 && begin + needed <= static_cast<int64_t>(padded.samples.size())) {
    log_mel_rows(plan, padded.samples.data() + begin, count, out);
    return;
  }
  thread_local std::vector<float> copy;
  copy.resize(static_cast<size_t>(needed));
  padded.copy(begin, needed, copy.data());
  log_mel_rows(plan, copy.data(), count, out);
}

}  // namespace

struct WhisperFrontend::State {
  int mel_bins;
  LogMelPlan plan;
};

WhisperFrontend::WhisperFrontend(int mel_bins) {
  if (mel_bins < 1 || mel_bins > kWhisperFft / 2 + 1) {
    throw Error(ErrorCode::kUsage, {.where = "whisper front end",
                                    .expected = "1 to 201 mel bins",
                                    .got = fmt::format("{}", mel_bins),
                                    .hint = "Whisper uses 80, since large-v3 128"});
  }
  state_ = std::make_unique<State>(State{mel_bins, make_log_mel_plan(mel_bins)});
}

WhisperFrontend::~WhisperFrontend() = default;
WhisperFrontend::WhisperFrontend(WhisperFrontend&&) noexcept = default;
WhisperFrontend& WhisperFrontend::operator=(WhisperFrontend&&) noexcept = default;

int WhisperFrontend::mel_bins() const { return state_->mel_bins; }

Tensor WhisperFrontend::features(std::span<const float> samples, int64_t tail_zeros) const {
  AURIS_CHECK(tail_zeros >= 0);
  require_finite(samples, "whisper front end");
  const Padded padded{samples, static_cast<int64_t>(samples.size()) + tail_zeros};
  const int64_t frames = padded.total / kWhisperHop;
  const int64_t bins = state_->mel_bins;
  Tensor result = Tensor::empty({frames, bins});
  if (frames == 0) return result;
  float* rows = result.data<float>();

  // Frames that see only appended zeros, not even reflected samples, need no transform.
  int64_t sounding = frames;
  if (tail_zeros > kWhisperFft) {
    sounding =
        std::min(frames, (static_cast<int64_t>(samples.size()) + kHalf + kWhisperHop - 1) / kWhisperHop);
  }
  std::atomic<float> maximum = kLogFloor;
  parallel_for((sounding + kTaskFrames - 1) / kTaskFrames, [&](int64_t task) {
    int64_t first = task * kTaskFrames;
    int64_t count = std::min(kTaskFrames, sounding - first);
    float* out = rows + first * bins;
    compute_rows(state_->plan, padded, first, count, out);
    float highest = kLogFloor;
    for (int64_t i = 0; i < count * bins; ++i) highest = std::max(highest, out[i]);
    raise(maximum, highest);
  });

  const float floor = maximum.load() - 8.0f;
  const float silence = (std::max(kLogFloor, floor) + 4.0f) / 4.0f;
  constexpr int64_t kScaleFrames = 512;
  parallel_for((frames + kScaleFrames - 1) / kScaleFrames, [&](int64_t task) {
    int64_t first = task * kScaleFrames;
    int64_t end = std::min(first + kScaleFrames, frames);
    int64_t middle = std::clamp(sounding, first, end);
    for (int64_t i = first * bins; i < middle * bins; ++i) rows[i] = (std::max(rows[i], floor) + 4.0f) / 4.0f;
    std::fill(rows + middle * bins, rows + end * bins, silence);
  });
  return result;
}

Tensor WhisperFrontend::window(std::span<const float> samples) const {
  samples = samples.first(std::min<size_t>(samples.size(), kWindowSamples));
  return features(samples, kWindowSamples - static_cast<int64_t>(samples.size()));
}

Tensor WhisperFrontend::slice(const Tensor& features, int64_t first, int64_t content_frames,
                              int64_t window_frames) {
  int64_t end = std::min(content_frames, features.rows());
  if (first < 0 || first > end) {
    throw Error(ErrorCode::kUsage, {.where = "whisper front end",
                                    .expected = fmt::format("a first frame of 0 to {}", end),
                                    .got = fmt::format("{}", first),
                                    .hint = ""});
  }
  int64_t count = std::min(window_frames, end - first);
  if (count == window_frames) return features.slice_rows(first, count);
  Tensor result = Tensor::zeros({window_frames, features.cols()});
  if (count > 0) {
    std::memcpy(result.data<float>(), features.data<float>() + first * features.cols(),
                static_cast<size_t>(count * features.cols()) * sizeof(float));
  }
  return result;
}

}  // namespace auris::audio
