#include "auris/audio/pcm16_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/audio/pcm16_kernel.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace auris::audio::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Every step is exact: the scale is a power of two, and what truncation leaves has a float of its own.
template <class D>
HWY_INLINE void round_to_pcm16(D d, const float* samples, int16_t* out) {
  const hn::RebindToSigned<D> whole_tag;
  const auto x = hn::LoadU(d, samples);
  const auto number = hn::IfThenElseZero(hn::Eq(x, x), hn::Mul(x, hn::Set(d, 32768.0f)));
  const auto scaled = hn::Min(hn::Max(number, hn::Set(d, -32768.0f)), hn::Set(d, 32767.0f));
  const auto whole = hn::ConvertTo(whole_tag, scaled);
  const auto rest = hn::Sub(scaled, hn::ConvertTo(d, whole));
  const auto up = hn::RebindMask(whole_tag, hn::Ge(rest, hn::Set(d, 0.5f)));
  const auto down = hn::RebindMask(whole_tag, hn::Le(rest, hn::Set(d, -0.5f)));
  const auto one = hn::Set(whole_tag, 1);
  const auto rounded = hn::Sub(hn::Add(whole, hn::IfThenElseZero(up, one)), hn::IfThenElseZero(down, one));
  const hn::Rebind<int16_t, D> pcm_tag;
  hn::StoreU(hn::DemoteTo(pcm_tag, rounded), pcm_tag, out);
}

void to_pcm16_impl(std::span<const float> samples, char* out) {
  // At most 256 bits: a burst of wider ones makes Intel's cores clock lower for milliseconds, which slowed
  // the decoding of the next clip by 7 %.
  const hn::CappedTag<float, 8> vector;
  const hn::CappedTag<float, 1> single;
  auto* pcm = reinterpret_cast<int16_t*>(out);
  size_t i = 0;
  for (const size_t lanes = hn::Lanes(vector); i + lanes <= samples.size(); i += lanes)
    round_to_pcm16(vector, samples.data() + i, pcm + i);
  for (; i < samples.size(); ++i) round_to_pcm16(single, samples.data() + i, pcm + i);
}

}  // namespace auris::audio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::audio {

HWY_EXPORT(to_pcm16_impl);

void to_pcm16(std::span<const float> samples, char* out) {
  HWY_DYNAMIC_DISPATCH(to_pcm16_impl)(samples, out);
}

}  // namespace auris::audio
#endif
