// The fast backends against the plain one, the cpu's on every SIMD target of the machine.

#include "auris/tensor/ops/attention.h"

#include <cmath>

#include <gtest/gtest.h>

#include "auris/base/thread_pool.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::difference;
using test::for_each_backend;
using test::for_each_target;
using test::random_f32;
using test::same_bits;

constexpr double kTolerance = 4e-6;

struct Heads {
  int heads, kv_heads, head_dim;
};

AttentionSpec spec_of(const Heads& h, bool causal, int64_t window = 0, float softcap = 0.0f) {
  return {.heads = h.heads,
          .kv_heads = h.kv_heads,
          .head_dim = h.head_dim,
          .scale = 0.2f,
          .causal = causal,
          .window = window,
          .softcap = softcap};
}

struct Qkv {
  Tensor q, k, v;
  Qkv(Rng& rng, int64_t rows, const Heads& h)
      : q(random_f32(rng, {rows, int64_t{h.heads} * h.head_dim})),
        k(random_f32(rng, {rows, int64_t{h.kv_heads} * h.head_dim})),
        v(random_f32(rng, {rows, int64_t{h.kv_heads} * h.head_dim})) {}
  Qkv(const Qkv& other, Device device)
      : q(to_device(other.q, device)), k(to_device(other.k, device)), v(to_device(other.v, device)) {}
};

TEST(Attention, MatchesPlain) {
  Rng rng(1);
  for (Heads h : {Heads{2, 2, 64}, Heads{6, 2, 32}, Heads{1, 1, 8}, Heads{2, 1, 80}, Heads{7, 1, 33}}) {
    RowLayout layout;
    for (int64_t rows : {70, 0, 1, 32, 300, 5}) layout.add(rows);
    Qkv x(rng, layout.rows(), h);
    for (AttentionSpec spec :
         {spec_of(h, false), spec_of(h, true), spec_of(h, true, 40), spec_of(h, true, 0, 5.0f)}) {
      Tensor expected = ops::attention(x.q.on(Device::kPlain), x.k, x.v, layout, spec);
      for_each_backend([&](const std::string& name, Device device) {
        Qkv y(x, device);
        EXPECT_LE(difference(ops::attention(y.q, y.k, y.v, layout, spec), expected), kTolerance)
            << name << " " << h.heads << " " << h.head_dim << " " << spec.causal << spec.window
            << spec.softcap;
      });
    }
  }
}

std::vector<float> random_bias(Rng& rng, int64_t rows) {
  Tensor bias = random_f32(rng, {1, rows});
  return {bias.data<float>(), bias.data<float>() + rows};
}

TEST(Attention, KeyBiasMatchesPlain) {
  Rng rng(5);
  Heads h{4, 2, 64};
  RowLayout layout;
  for (int64_t rows : {70, 1, 32, 300}) layout.add(rows);
  layout.key_bias = random_bias(rng, layout.rows());
  std::fill(layout.key_bias.end() - 290, layout.key_bias.end(), kUnseenKey);  // a whole chunk and more
  Qkv x(rng, layout.rows(), h);
  for (AttentionSpec spec : {spec_of(h, false), spec_of(h, true), spec_of(h, true, 40, 5.0f)}) {
    Tensor expected = ops::attention(x.q.on(Device::kPlain), x.k, x.v, layout, spec);
    for_each_backend([&](const std::string& name, Device device) {
      Qkv y(x, device);
      EXPECT_LE(difference(ops::attention(y.q, y.k, y.v, layout, spec), expected), kTolerance) << name;
    });
  }
}

// A key with a bias of ln(n) is n equal keys.
TEST(Attention, KeyBiasCountsRowsSeveralTimes) {
  Rng rng(6);
  Heads h{2, 2, 64};
  Qkv few(rng, 40, h);
  RowLayout repeated, counted = RowLayout::single(40);
  std::vector<int32_t> indices;
  for (int32_t row = 0; row < 40; ++row) {
    int times = row < 30 ? 1 : row - 28;
    indices.insert(indices.end(), static_cast<size_t>(times), row);
    counted.key_bias.push_back(std::log(static_cast<float>(times)));
  }
  repeated.add(static_cast<int64_t>(indices.size()));
  auto all = [&](const Tensor& rows) { return ops::gather_rows(rows, indices); };
  for (Device device : test::devices_under_test()) {
    Qkv x(few, device);
    Tensor expected = ops::attention(all(x.q), all(x.k), all(x.v), repeated, spec_of(h, false));
    Tensor got = ops::attention(x.q, x.k, x.v, counted, spec_of(h, false));
    EXPECT_LE(difference(got.slice_rows(0, 30), expected.slice_rows(0, 30)), kTolerance) << name_of(device);
  }
}

// A cache filled step by step by the backend `device`, with what each step returned.
struct Session {
  KvCache cache;
  SequenceId sequence;
  std::vector<Tensor> outputs;

  Session(const Heads& h, DType dtype)
      : cache({.layers = 2, .kv_heads = h.kv_heads, .head_dim = h.head_dim, .dtype = dtype, .max_pages = 0}),
        sequence(cache.create()) {}

  void step(const Qkv& x, int64_t begin, int64_t rows, const AttentionSpec& spec, Device device) {
    RowLayout layout = RowLayout::single(rows, cache.length(sequence), sequence);
    cache.extend(layout);
    outputs.push_back(ops::attention_cached(to_device(x.q.slice_rows(begin, rows), device),
                                            x.k.slice_rows(begin, rows), x.v.slice_rows(begin, rows), layout,
                                            spec, cache, 1));
  }
};

class CachedAttention : public testing::TestWithParam<DType> {};

TEST_P(CachedAttention, MatchesPlainStepByStep) {
  Rng rng(2);
  for (Heads h : {Heads{3, 1, 64}, Heads{2, 2, 96}}) {
    Qkv x(rng, 620, h);
    for (AttentionSpec spec : {spec_of(h, true), spec_of(h, true, 300), spec_of(h, true, 7, 4.0f)}) {
      auto run = [&](Device device) {
        Session session(h, GetParam());
        int64_t begin = 0;
        for (int64_t rows : {1, 30, 4, 1, 520, 1, 1, 13, 2}) {
          session.step(x, begin, rows, spec, device);
          begin += rows;
        }
        return session.outputs;
      };
      std::vector<Tensor> expected = run(Device::kPlain);
      for_each_backend([&](const std::string& name, Device device) {
        std::vector<Tensor> outputs = run(device);
        for (size_t i = 0; i < outputs.size(); ++i) {
          EXPECT_LE(difference(outputs[i], expected[i]), kTolerance) << name << " step " << i;
        }
      });
    }
  }
}

TEST_P(CachedAttention, CrossAttentionAndItsWeightsMatchPlain) {
  Rng rng(3);
  Heads h{4, 2, 64};
  KvCache cache({.layers = 1, .kv_heads = 2, .head_dim = 64, .dtype = GetParam(), .max_pages = 0});
  SequenceId a = cache.create(), b = cache.create(), none = cache.create();
  RowLayout stored;
  stored.add(333, 0, a);
  stored.add(40, 0, b);
  stored.key_bias = random_bias(rng, stored.rows());
  cache.extend(stored);
  Qkv x(rng, stored.rows(), h);
  RowLayout asking;
  ASSERT_NE(cache.key_bias(cache.pages(a).front()), nullptr);
  for (SequenceId sequence : {a, a, b, a, none}) asking.add(3, 5, sequence);
  Tensor q = random_f32(rng, {asking.rows(), 256});
  AttentionSpec spec = spec_of(h, false);
  ops::store_keys_values(x.k.on(Device::kPlain), x.v, stored, cache, 0);
  Tensor expected = ops::attention_over(q.on(Device::kPlain), asking, spec, cache, 0);
  Tensor weights = ops::attention_weights(q.on(Device::kPlain), a, spec, cache, 0, {3, 0, 2});
  for_each_backend([&](const std::string& name, Device device) {
    Tensor there = to_device(q, device);
    ops::store_keys_values(to_device(x.k, device), x.v, stored, cache, 0);
    EXPECT_LE(difference(ops::attention_over(there, asking, spec, cache, 0), expected), kTolerance) << name;
    EXPECT_LE(difference(ops::attention_weights(there, a, spec, cache, 0, {3, 0, 2}), weights), kTolerance)
        << name;
  });
}

// A row has the same bits in a prompt, alone, among beams, and with any number of threads.
TEST_P(CachedAttention, BitsDependOnThePositionOnly) {
  Rng rng(4);
  Heads h{6, 2, 64};
  AttentionSpec spec = spec_of(h, true);
  Qkv x(rng, 600, h);
  for_each_target([&](const std::string& target) {
    Session whole(h, GetParam()), split(h, GetParam());
    whole.step(x, 0, 600, spec, Device::kCpu);
    split.step(x, 0, 595, spec, Device::kCpu);
    EXPECT_TRUE(same_bits(whole.outputs[0].slice_rows(0, 595), split.outputs[0])) << target;
    for (int64_t row = 595; row < 600; ++row) {
      set_compute_threads(row % 2 == 0 ? 1 : 4);
      split.step(x, row, 1, spec, Device::kCpu);
      EXPECT_TRUE(same_bits(whole.outputs[0].slice_rows(row, 1), split.outputs.back()))
          << target << " row " << row;
    }
    set_compute_threads(0);
    if (GetParam() == DType::kF32) {
      EXPECT_TRUE(same_bits(whole.outputs[0], ops::attention(x.q, x.k, x.v, RowLayout::single(600), spec)))
          << target;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Types, CachedAttention, testing::Values(DType::kF32, DType::kF16, DType::kQ8_0),
                         [](const auto& dtype) { return std::string(name_of(dtype.param)); });

TEST(Attention, WrongArgumentsAreNamed) {
  AttentionSpec spec = spec_of({2, 1, 8}, true);
  KvCache cache({.layers = 1, .kv_heads = 1, .head_dim = 8, .dtype = DType::kF32, .max_pages = 0});
  SequenceId sequence = cache.create();
  Tensor q = Tensor::zeros({1, 16}), k = Tensor::zeros({1, 8});
  RowLayout layout = RowLayout::single(1, 0, sequence);
  EXPECT_THROW(ops::attention_cached(q, k, k, layout, spec, cache, 0), Error);  // not extended
  cache.extend(layout);
  EXPECT_NO_THROW(ops::attention_cached(q, k, k, layout, spec, cache, 0));
  EXPECT_THROW(ops::attention_cached(q, k, k, layout, spec, cache, 1), Error);
  EXPECT_THROW(ops::attention_over(q, layout, spec, cache, 0), Error);  // causal
  EXPECT_THROW(ops::attention(q, k, Tensor::zeros({2, 8}), RowLayout::single(1), spec), Error);
  EXPECT_THROW(ops::attention(q, k, k, RowLayout::single(2), spec), Error);
  EXPECT_THROW(ops::attention(k, k, k, RowLayout::single(1), spec), Error);
}

}  // namespace
}  // namespace auris
