#include "auris/audio/mix_down.h"

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/samplefmt.h>
}

#include <cmath>
#include <type_traits>

namespace auris::audio {
namespace {

constexpr float kClipped = 0.9999f;

template <typename T>
float to_float(T value) {
  if constexpr (std::is_same_v<T, uint8_t>) return (static_cast<float>(value) - 128.0f) * (1.0f / 128);
  if constexpr (std::is_same_v<T, int16_t>) return static_cast<float>(value) * (1.0f / 32768);
  if constexpr (std::is_same_v<T, int32_t>) return static_cast<float>(value) * (1.0f / 2147483648.0f);
  if constexpr (std::is_same_v<T, int64_t>) return static_cast<float>(static_cast<double>(value) * 0x1p-63);
  return static_cast<float>(value);
}

// Adds one channel, given as samples `stride` apart, to out[0, count).
template <typename T>
void add_channel(const T* samples, int stride, int count, float* out, MixCounts& counts) {
  int64_t clipped = 0;
  int64_t non_finite = 0;
  for (int i = 0; i < count; ++i) {
    float value = to_float(samples[static_cast<ptrdiff_t>(i) * stride]);
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value)) {
        value = 0;
        ++non_finite;
      }
    }
    clipped += std::fabs(value) >= kClipped ? 1 : 0;
    out[i] += value;
  }
  counts.samples += count;
  counts.clipped += clipped;
  counts.non_finite += non_finite;
}

template <typename T>
void mix(const AVFrame& frame, bool planar, int channel, float* out, MixCounts& counts) {
  int channels = frame.ch_layout.nb_channels;
  int begin = channel < 0 ? 0 : channel;
  int end = channel < 0 ? channels : channel + 1;
  for (int c = begin; c < end; ++c) {
    const uint8_t* data =
        planar ? frame.extended_data[c] : frame.extended_data[0] + static_cast<size_t>(c) * sizeof(T);
    add_channel(reinterpret_cast<const T*>(data), planar ? 1 : channels, frame.nb_samples, out, counts);
  }
  if (end - begin > 1) {
    float scale = 1.0f / static_cast<float>(end - begin);
    for (int i = 0; i < frame.nb_samples; ++i) out[i] *= scale;
  }
}

}  // namespace

bool mix_down(const AVFrame& frame, int channel, std::vector<float>& out, MixCounts& counts) {
  size_t before = out.size();
  out.resize(before + static_cast<size_t>(frame.nb_samples), 0.0f);
  float* target = out.data() + before;
  auto format = static_cast<AVSampleFormat>(frame.format);
  bool planar = av_sample_fmt_is_planar(format) != 0;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8: mix<uint8_t>(frame, planar, channel, target, counts); return true;
    case AV_SAMPLE_FMT_S16: mix<int16_t>(frame, planar, channel, target, counts); return true;
    case AV_SAMPLE_FMT_S32: mix<int32_t>(frame, planar, channel, target, counts); return true;
    case AV_SAMPLE_FMT_S64: mix<int64_t>(frame, planar, channel, target, counts); return true;
    case AV_SAMPLE_FMT_FLT: mix<float>(frame, planar, channel, target, counts); return true;
    case AV_SAMPLE_FMT_DBL: mix<double>(frame, planar, channel, target, counts); return true;
    default: return false;
  }
}

}  // namespace auris::audio
