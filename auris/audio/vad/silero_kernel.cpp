#include "auris/audio/vad/silero_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/audio/vad/silero_kernel.cpp"
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

using D = hn::CappedTag<float, 8>;
using V = hn::Vec<D>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
constexpr int kVectors = kDensePanel / kLanes;

// One panel of outputs for kRows rows.
template <int kRows>
HWY_INLINE void dense_panel(const float* weights, const float* bias, int inputs, bool relu,
                            const float* const* in, float* const* out, int first_output) {
  const D d;
  V sum[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::LoadU(d, bias + v * kLanes);
  }
  for (int k = 0; k < inputs; ++k) {
    V w[kVectors];
    for (int v = 0; v < kVectors; ++v) w[v] = hn::LoadU(d, weights + k * kDensePanel + v * kLanes);
    for (int r = 0; r < kRows; ++r) {
      V x = hn::Set(d, in[r][k]);
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(x, w[v], sum[r][v]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      V y = relu ? hn::Max(sum[r][v], hn::Zero(d)) : sum[r][v];
      hn::StoreU(y, d, out[r] + first_output + v * kLanes);
    }
  }
}

void run_dense_impl(const DenseLayer& layer, std::span<const float* const> in, std::span<float* const> out) {
  constexpr size_t kRows = 6;
  for (int first = 0; first < layer.outputs; first += kDensePanel) {
    const float* weights = layer.weights.data() + static_cast<ptrdiff_t>(first) * layer.inputs;
    const float* bias = layer.bias.data() + first;
    size_t row = 0;
    for (; row + kRows <= in.size(); row += kRows) {
      dense_panel<kRows>(weights, bias, layer.inputs, layer.relu, in.data() + row, out.data() + row, first);
    }
    for (; row < in.size(); ++row) {
      dense_panel<1>(weights, bias, layer.inputs, layer.relu, in.data() + row, out.data() + row, first);
    }
  }
}

HWY_INLINE V sigmoid(V x) {
  const D d;
  const V one = hn::Set(d, 1.0f);
  x = hn::Min(hn::Max(x, hn::Set(d, -80.0f)), hn::Set(d, 80.0f));
  return hn::Div(one, hn::Add(one, hn::Exp(d, hn::Neg(x))));
}

void lstm_step_impl(const float* recurrent, const float* gates, float* hidden, float* cell) {
  const D d;
  constexpr int kGates = 4 * kLstmUnits;
  constexpr int kWide = 8;  // vectors summed at once: hides the latency of the multiply-adds
  HWY_ALIGN float sums[kGates];
  for (int first = 0; first < kGates; first += kWide * kLanes) {
    V sum[kWide];
    for (int v = 0; v < kWide; ++v) sum[v] = hn::LoadU(d, gates + first + v * kLanes);
    for (int k = 0; k < kLstmUnits; ++k) {
      const V h = hn::Set(d, hidden[k]);
      const float* weights = recurrent + k * kGates + first;
      for (int v = 0; v < kWide; ++v) sum[v] = hn::MulAdd(h, hn::LoadU(d, weights + v * kLanes), sum[v]);
    }
    for (int v = 0; v < kWide; ++v) hn::StoreU(sum[v], d, sums + first + v * kLanes);
  }
  for (int i = 0; i < kLstmUnits; i += kLanes) {
    const V in_gate = sigmoid(hn::LoadU(d, sums + i));
    const V forget_gate = sigmoid(hn::LoadU(d, sums + kLstmUnits + i));
    const V fresh = hn::Tanh(d, hn::LoadU(d, sums + 2 * kLstmUnits + i));
    const V out_gate = sigmoid(hn::LoadU(d, sums + 3 * kLstmUnits + i));
    const V state = hn::MulAdd(forget_gate, hn::LoadU(d, cell + i), hn::Mul(in_gate, fresh));
    hn::StoreU(state, d, cell + i);
    hn::StoreU(hn::Mul(out_gate, hn::Tanh(d, state)), d, hidden + i);
  }
}

}  // namespace auris::audio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::audio {

HWY_EXPORT(run_dense_impl);
HWY_EXPORT(lstm_step_impl);

void run_dense(const DenseLayer& layer, std::span<const float* const> in, std::span<float* const> out) {
  HWY_DYNAMIC_DISPATCH(run_dense_impl)(layer, in, out);
}

void lstm_step(const float* recurrent, const float* gates, float* hidden, float* cell) {
  HWY_DYNAMIC_DISPATCH(lstm_step_impl)(recurrent, gates, hidden, cell);
}

DenseLayer pack_dense(const DenseSource& source, bool relu) {
  DenseLayer layer{.inputs = source.inputs * source.taps,
                   .outputs = source.outputs,
                   .weights = {},
                   .bias = {},
                   .relu = relu};
  auto room = static_cast<size_t>(layer.room());
  layer.weights.assign(room * static_cast<size_t>(layer.inputs), 0.0f);
  layer.bias.assign(room, 0.0f);
  for (int o = 0; o < source.outputs; ++o) {
    if (source.bias != nullptr) layer.bias[static_cast<size_t>(o)] = source.bias[o];
    int panel = o / kDensePanel;
    for (int tap = 0; tap < source.taps; ++tap) {
      for (int i = 0; i < source.inputs; ++i) {
        int k = tap * source.inputs + i;
        auto to = (static_cast<size_t>(panel) * static_cast<size_t>(layer.inputs) + static_cast<size_t>(k)) *
                  kDensePanel;
        ptrdiff_t from = static_cast<ptrdiff_t>(o) * source.output_stride +
                         static_cast<ptrdiff_t>(i) * source.input_stride +
                         static_cast<ptrdiff_t>(tap) * source.tap_stride;
        layer.weights[to + static_cast<size_t>(o % kDensePanel)] = source.weights[from];
      }
    }
  }
  return layer;
}

}  // namespace auris::audio
#endif
