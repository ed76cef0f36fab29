#include "auris/audio/frontend/log_mel_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/audio/frontend/log_mel_kernel.cpp"
// Vectors in arrays need a size known to the compiler.
#ifndef HWY_DISABLED_TARGETS  // sanitizers choose fewer (cmake/auris_kernels.cmake)
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace auris::audio::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kLogMelGroup>;
using V = hn::Vec<D>;

struct Complex {
  // Written out, as GCC does not compile implicit constructors for the target and then refuses NEON's
  // vectors.
  HWY_INLINE Complex() {}
  HWY_INLINE Complex(V real, V imaginary) : re(real), im(imaginary) {}

  V re, im;
};

HWY_INLINE V constant(double value) { return hn::Set(D(), static_cast<float>(value)); }

// cos and sin of 2 pi / 5 and 4 pi / 5
constexpr double kCos1 = 0.30901699437494742, kCos2 = -0.80901699437494742;
constexpr double kSin1 = 0.95105651629515357, kSin2 = 0.58778525229247313;

// y[0], y[1], y[2] of a real 5-point DFT; y[3] and y[4] are conjugates of y[2] and y[1].
HWY_INLINE void dft5_real(V x0, V x1, V x2, V x3, V x4, V& y0, Complex& y1, Complex& y2) {
  V s1 = hn::Add(x1, x4), s2 = hn::Add(x2, x3), d1 = hn::Sub(x1, x4), d2 = hn::Sub(x2, x3);
  y0 = hn::Add(x0, hn::Add(s1, s2));
  y1.re = hn::MulAdd(constant(kCos1), s1, hn::MulAdd(constant(kCos2), s2, x0));
  y2.re = hn::MulAdd(constant(kCos2), s1, hn::MulAdd(constant(kCos1), s2, x0));
  y1.im = hn::Neg(hn::MulAdd(constant(kSin1), d1, hn::Mul(constant(kSin2), d2)));
  y2.im = hn::MulSub(constant(kSin1), d2, hn::Mul(constant(kSin2), d1));
}

HWY_INLINE void dft5(const Complex* x, Complex* y) {
  V s1r = hn::Add(x[1].re, x[4].re), s1i = hn::Add(x[1].im, x[4].im);
  V s2r = hn::Add(x[2].re, x[3].re), s2i = hn::Add(x[2].im, x[3].im);
  V d1r = hn::Sub(x[1].re, x[4].re), d1i = hn::Sub(x[1].im, x[4].im);
  V d2r = hn::Sub(x[2].re, x[3].re), d2i = hn::Sub(x[2].im, x[3].im);
  y[0].re = hn::Add(x[0].re, hn::Add(s1r, s2r));
  y[0].im = hn::Add(x[0].im, hn::Add(s1i, s2i));
  V a1r = hn::MulAdd(constant(kCos1), s1r, hn::MulAdd(constant(kCos2), s2r, x[0].re));
  V a1i = hn::MulAdd(constant(kCos1), s1i, hn::MulAdd(constant(kCos2), s2i, x[0].im));
  V a2r = hn::MulAdd(constant(kCos2), s1r, hn::MulAdd(constant(kCos1), s2r, x[0].re));
  V a2i = hn::MulAdd(constant(kCos2), s1i, hn::MulAdd(constant(kCos1), s2i, x[0].im));
  V b1r = hn::MulAdd(constant(kSin1), d1r, hn::Mul(constant(kSin2), d2r));
  V b1i = hn::MulAdd(constant(kSin1), d1i, hn::Mul(constant(kSin2), d2i));
  V b2r = hn::MulSub(constant(kSin2), d1r, hn::Mul(constant(kSin1), d2r));
  V b2i = hn::MulSub(constant(kSin2), d1i, hn::Mul(constant(kSin1), d2i));
  // y = a - i b and a + i b
  y[1] = {hn::Add(a1r, b1i), hn::Sub(a1i, b1r)};
  y[4] = {hn::Sub(a1r, b1i), hn::Add(a1i, b1r)};
  y[2] = {hn::Add(a2r, b2i), hn::Sub(a2i, b2r)};
  y[3] = {hn::Sub(a2r, b2i), hn::Add(a2i, b2r)};
}

HWY_INLINE Complex rotate(Complex x, float re, float im) {
  V c = hn::Set(D(), re), s = hn::Set(D(), im);
  return {hn::MulSub(x.re, c, hn::Mul(x.im, s)), hn::MulAdd(x.re, s, hn::Mul(x.im, c))};
}

// cos and -sin of 2 pi j / 25 for j = 0 ... 8
constexpr float kTurn25[9][2] = {{1.0f, 0.0f},
                                 {0.96858316112863108f, -0.24868988716485479f},
                                 {0.87630668004386358f, -0.48175367410171532f},
                                 {0.72896862742141155f, -0.68454710592868862f},
                                 {0.53582679497899666f, -0.84432792550201508f},
                                 {0.30901699437494742f, -0.95105651629515357f},
                                 {0.06279051952931337f, -0.99802672842827156f},
                                 {-0.18738131458572463f, -0.98228725072868872f},
                                 {-0.42577929156507266f, -0.90482705246601958f}};

// Frequencies 0, 5, 10, 1, 6, 11, 16, 21, 2, 7, 12, 17, 22 of the DFT of 25 real values.
HWY_INLINE void dft25_real(const V* x, Complex* y) {
  V zero_parts[5];
  Complex first[5], second[5];
  for (int b = 0; b < 5; ++b) {
    dft5_real(x[b], x[b + 5], x[b + 10], x[b + 15], x[b + 20], zero_parts[b], first[b], second[b]);
  }
  dft5_real(zero_parts[0], zero_parts[1], zero_parts[2], zero_parts[3], zero_parts[4], y[0].re, y[1], y[2]);
  y[0].im = hn::Zero(D());
  for (int b = 1; b < 5; ++b) {
    first[b] = rotate(first[b], kTurn25[b][0], kTurn25[b][1]);
    second[b] = rotate(second[b], kTurn25[2 * b][0], kTurn25[2 * b][1]);
  }
  dft5(first, y + 3);
  dft5(second, y + 8);
}

HWY_INLINE void dft4(Complex x0, Complex x1, Complex x2, Complex x3, Complex* y, int stride) {
  Complex s02 = {hn::Add(x0.re, x2.re), hn::Add(x0.im, x2.im)},
          d02 = {hn::Sub(x0.re, x2.re), hn::Sub(x0.im, x2.im)};
  Complex s13 = {hn::Add(x1.re, x3.re), hn::Add(x1.im, x3.im)},
          d13 = {hn::Sub(x1.re, x3.re), hn::Sub(x1.im, x3.im)};
  y[0] = {hn::Add(s02.re, s13.re), hn::Add(s02.im, s13.im)};
  y[stride] = {hn::Add(d02.re, d13.im), hn::Sub(d02.im, d13.re)};
  y[2 * stride] = {hn::Sub(s02.re, s13.re), hn::Sub(s02.im, s13.im)};
  y[3 * stride] = {hn::Sub(d02.re, d13.im), hn::Add(d02.im, d13.re)};
}

// cos and -sin of 2 pi j / 16 for j = 0 ... 9
constexpr float kTurn16[10][2] = {{1.0f, 0.0f},
                                  {0.92387953251128676f, -0.38268343236508977f},
                                  {0.70710678118654752f, -0.70710678118654752f},
                                  {0.38268343236508977f, -0.92387953251128676f},
                                  {0.0f, -1.0f},
                                  {-0.38268343236508977f, -0.92387953251128676f},
                                  {-0.70710678118654752f, -0.70710678118654752f},
                                  {-0.92387953251128676f, -0.38268343236508977f},
                                  {-1.0f, 0.0f},
                                  {-0.92387953251128676f, 0.38268343236508977f}};

HWY_INLINE void dft16(const Complex* x, Complex* y) {
  Complex part[16];  // [b][k1]
  for (int b = 0; b < 4; ++b) dft4(x[b], x[b + 4], x[b + 8], x[b + 12], part + 4 * b, 1);
  for (int b = 1; b < 4; ++b) {
    for (int k = 1; k < 4; ++k)
      part[4 * b + k] = rotate(part[4 * b + k], kTurn16[b * k][0], kTurn16[b * k][1]);
  }
  for (int k = 0; k < 4; ++k) dft4(part[k], part[4 + k], part[8 + k], part[12 + k], y + k, 4);
}

// Power spectra of as many frames as V has lanes: power[bin].
HWY_INLINE void power_spectra(const LogMelPlan& plan, const float* samples, V* power) {
  const hn::RebindToSigned<D> di;
  const auto frame_starts = hn::Mul(hn::Iota(di, 0), hn::Set(di, kWhisperHop));
  Complex middle[13][16];
  for (int n1 = 0; n1 < 16; ++n1) {
    V in[25];
    for (int n2 = 0; n2 < 25; ++n2) {
      int place = 25 * n1 + n2;
      V sample = hn::GatherIndex(D(), samples + plan.order[place], frame_starts);
      in[n2] = hn::Mul(sample, hn::Set(D(), plan.window[place]));
    }
    Complex out[13];
    dft25_real(in, out);
    for (int c = 0; c < 13; ++c) middle[c][n1] = out[c];
  }
  for (int c = 0; c < 13; ++c) {
    Complex out[16];
    dft16(middle[c], out);
    for (int k = 0; k < 16; ++k) {
      power[plan.bin[c * 16 + k]] = hn::MulAdd(out[k].re, out[k].re, hn::Mul(out[k].im, out[k].im));
    }
  }
}

void log_mel_rows_impl(const LogMelPlan& plan, const float* samples, int64_t frames, float* out) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const int bins = static_cast<int>(plan.filters.spans.size());
  V power[kWhisperFft / 2 + 1];
  alignas(64) float column[kLogMelGroup];
  for (int64_t begin = 0; begin < frames; begin += lanes) {
    power_spectra(plan, samples + begin * kWhisperHop, power);
    const int count = static_cast<int>(HWY_MIN(static_cast<int64_t>(lanes), frames - begin));
    for (int m = 0; m < bins; ++m) {
      const MelFilters::Span& span = plan.filters.spans[m];
      const float* weights = plan.filters.weights.data() + span.first_weight;
      V mel = hn::Zero(d);
      for (int i = 0; i < span.count; ++i)
        mel = hn::MulAdd(hn::Set(d, weights[i]), power[span.first_bin + i], mel);
      hn::Store(hn::Log10(d, hn::Max(mel, hn::Set(d, 1e-10f))), d, column);
      for (int f = 0; f < count; ++f) out[(begin + f) * bins + m] = column[f];
    }
  }
}

}  // namespace auris::audio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::audio {

HWY_EXPORT(log_mel_rows_impl);

void log_mel_rows(const LogMelPlan& plan, const float* samples, int64_t frames, float* out) {
  HWY_DYNAMIC_DISPATCH(log_mel_rows_impl)(plan, samples, frames, out);
}

}  // namespace auris::audio
#endif
