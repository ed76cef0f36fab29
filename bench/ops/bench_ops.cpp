// Time of the tensor ops in the shapes of real models, beside what the machine can do.
//
//   auris_bench_ops [--json] [--threads N] [--seconds S] [--filter TEXT]
//
// Every line gives GFLOP/s and GB/s of weights (or cache) read, and the share of the measured ceilings:
// multiply-adds in registers and reading of memory. `bound` names the ceiling that would be reached first.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "auris/base/rng.h"
#include "auris/base/thread_pool.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/norm.h"
#include "bench/ops/ceilings.h"

namespace auris::bench {
namespace {

struct Case {
  std::string name;
  double gflop = 0.0;      // of one call
  double gigabytes = 0.0;  // that one call must read
  std::function<void(int64_t i)> run;
};

Tensor random_tensor(const Shape& shape, DType dtype) {
  static Rng rng(1);
  Tensor tensor = Tensor::empty(shape, dtype);
  if (dtype == DType::kF32) {
    for (float& value : tensor.span<float>()) value = static_cast<float>(rng.normal()) * 0.1f;
    return tensor;
  }
  // Bytes below 0x40 keep f16 scales small in every block type.
  auto* bytes = tensor.data<std::byte>();
  for (size_t i = 0; i < tensor.bytes(); ++i) bytes[i] = static_cast<std::byte>(rng.next() & 0x2f);
  return tensor;
}

// So many copies of a weight that they do not stay in the caches between calls.
Case linear_case(const std::string& what, int64_t rows, int64_t in, int64_t out, DType dtype) {
  Tensor x = random_tensor({rows, in}, DType::kF32);
  std::vector<LinearWeights> weights;
  size_t bytes = 0;
  do {
    weights.push_back({.weight = random_tensor({out, in}, dtype), .bias = {}, .row_scale = {}});
    bytes += weights.back().weight.bytes();
  } while (bytes < (size_t{96} << 20) && rows <= 16);
  double once = static_cast<double>(weights[0].weight.bytes()) * 1e-9;
  return {fmt::format("linear {} {} {}x{}x{}", what, name_of(dtype), rows, in, out),
          2e-9 * static_cast<double>(rows * in * out), once,
          [=](int64_t i) { ops::linear(x, weights[static_cast<size_t>(i) % weights.size()]); }};
}

Case gated_case(int64_t rows, int64_t in, int64_t out, DType dtype) {
  Tensor x = random_tensor({rows, in}, DType::kF32);
  LinearWeights gate{.weight = random_tensor({out, in}, dtype), .bias = {}, .row_scale = {}};
  LinearWeights up{.weight = random_tensor({out, in}, dtype), .bias = {}, .row_scale = {}};
  return {fmt::format("gated {} {}x{}x{}", name_of(dtype), rows, in, out),
          4e-9 * static_cast<double>(rows * in * out), 2e-9 * static_cast<double>(gate.weight.bytes()),
          [=](int64_t) { ops::gated_linear(x, gate, up, Activation::kSilu); }};
}

Case encoder_attention_case(int64_t rows, int heads, int head_dim) {
  int64_t cols = int64_t{heads} * head_dim;
  Tensor q = random_tensor({rows, cols}, DType::kF32), k = random_tensor({rows, cols}, DType::kF32);
  AttentionSpec spec{
      .heads = heads, .kv_heads = heads, .head_dim = head_dim, .scale = 0.125f, .causal = false};
  return {fmt::format("attention {}x{} heads {}x{}", rows, rows, heads, head_dim),
          4e-9 * static_cast<double>(rows * rows * cols), 0.0,
          [=](int64_t) { ops::attention(q, k, k, RowLayout::single(rows), spec); }};
}

// `rows` rows of a prompt behind `context` others, or one row of decoding.
Case cached_attention_case(int64_t context, int64_t rows, int heads, int kv_heads, DType dtype) {
  const int head_dim = 64;
  auto cache = std::make_shared<KvCache>(KvCacheOptions{
      .layers = 1, .kv_heads = kv_heads, .head_dim = head_dim, .dtype = dtype, .max_pages = 0});
  SequenceId sequence = cache->create();
  Tensor k = random_tensor({context, int64_t{kv_heads} * head_dim}, DType::kF32);
  cache->extend(RowLayout::single(context, 0, sequence));
  ops::store_keys_values(k, k, RowLayout::single(context, 0, sequence), *cache, 0);
  Tensor q = random_tensor({rows, int64_t{heads} * head_dim}, DType::kF32);
  AttentionSpec spec{
      .heads = heads, .kv_heads = kv_heads, .head_dim = head_dim, .scale = 0.125f, .causal = false};
  double bytes =
      static_cast<double>(cache->panel_bytes()) * 2 * kv_heads * static_cast<double>(context) / kPageTokens;
  return {fmt::format("attention cached {} {} rows over {} heads {}/{}", name_of(dtype), rows, context, heads,
                      kv_heads),
          4e-9 * static_cast<double>(rows * context * heads * head_dim), bytes * 1e-9,
          [=](int64_t) { ops::attention_over(q, RowLayout::single(rows, 0, sequence), spec, *cache, 0); }};
}

Case conv_case(int64_t frames, int64_t in, int64_t out, int stride) {
  Tensor x = random_tensor({frames, in}, DType::kF32), weight = random_tensor({out, in, 3}, DType::kF16);
  Conv1dOptions options{.stride = stride, .padding = 1, .activation = Activation::kGelu};
  int64_t rows = conv1d_rows(frames, 3, options);
  return {fmt::format("conv1d {}x{}x{} stride {}", frames, in, out, stride),
          2e-9 * static_cast<double>(rows * in * out * 3), 0.0,
          [=](int64_t) { ops::conv1d(x, weight, {}, RowLayout::single(frames), options); }};
}

std::vector<Case> rowwise_cases() {
  Tensor x = random_tensor({1500, 512}, DType::kF32), wide = random_tensor({1500, 2048}, DType::kF32);
  Tensor w = random_tensor({512}, DType::kF32), logits = random_tensor({5, 51865}, DType::kF32);
  auto gigabytes = [](const Tensor& t) { return static_cast<double>(t.bytes()) * 1e-9; };
  return {{"layer_norm 1500x512", 0.0, gigabytes(x), [=](int64_t) { ops::layer_norm(x, w, w, 1e-5f); }},
          {"rms_norm 1500x512", 0.0, gigabytes(x), [=](int64_t) { ops::rms_norm(x, w, 1e-5f); }},
          {"gelu 1500x2048", 0.0, gigabytes(wide), [=](int64_t) { ops::activate(wide, Activation::kGelu); }},
          {"silu 1500x2048", 0.0, gigabytes(wide), [=](int64_t) { ops::activate(wide, Activation::kSilu); }},
          {"log_softmax 5x51865", 0.0, gigabytes(logits), [=](int64_t) { ops::log_softmax(logits); }}};
}

// Made one at a time: all weights together would not fit small machines.
std::vector<std::function<std::vector<Case>()>> all_cases() {
  std::vector<std::function<std::vector<Case>()>> makers;
  auto add = [&](std::function<Case()> make) { makers.push_back([=] { return std::vector<Case>{make()}; }); };
  for (DType dtype :
       {DType::kQ4_1, DType::kQ8_0, DType::kQ4_0, DType::kQ4_K, DType::kQ6_K, DType::kF16, DType::kF32}) {
    add([=] { return linear_case("decode", 1, 1536, 576, dtype); });
  }
  add([] { return linear_case("decode", 1, 768, 49152, DType::kQ8_0); });
  add([] { return linear_case("decode", 1, 512, 51865, DType::kF16); });
  add([] { return linear_case("decode", 1, 512, 2048, DType::kF16); });
  add([] { return linear_case("beams", 5, 512, 51865, DType::kF16); });
  add([] { return linear_case("beams", 5, 576, 1536, DType::kQ4_1); });
  add([] { return linear_case("rows", 12, 576, 1536, DType::kQ4_1); });
  add([] { return linear_case("rows", 16, 576, 1536, DType::kQ4_1); });
  add([] { return linear_case("rows", 64, 576, 1536, DType::kQ4_1); });
  add([] { return linear_case("prompt", 512, 576, 1536, DType::kQ4_1); });
  add([] { return linear_case("prompt", 512, 1536, 576, DType::kQ4_1); });
  add([] { return gated_case(512, 576, 1536, DType::kQ4_1); });
  add([] { return linear_case("encoder", 1500, 512, 512, DType::kF16); });
  add([] { return linear_case("encoder", 1500, 512, 2048, DType::kF16); });
  add([] { return linear_case("encoder", 1500, 2048, 512, DType::kF16); });
  add([] { return conv_case(3000, 80, 512, 1); });
  add([] { return conv_case(3000, 512, 512, 2); });
  add([] { return encoder_attention_case(1500, 8, 64); });
  for (DType dtype : {DType::kF32, DType::kF16, DType::kQ8_0}) {
    add([=] { return cached_attention_case(512, 1, 9, 3, dtype); });
    add([=] { return cached_attention_case(4096, 1, 9, 3, dtype); });
    add([=] { return cached_attention_case(512, 512, 9, 3, dtype); });
    add([=] { return cached_attention_case(1500, 5, 8, 8, dtype); });
  }
  makers.push_back(rowwise_cases);
  return makers;
}

nlohmann::json measure(const Case& c, const Ceilings& ceilings, double seconds) {
  double best = best_seconds(c.run, seconds);
  double gflops = c.gflop / best, gigabytes = c.gigabytes / best;
  double compute = gflops / ceilings.gflops, memory = gigabytes / ceilings.gigabytes;
  return {{"name", c.name},
          {"microseconds", best * 1e6},
          {"gflops", gflops},
          {"gigabytes", gigabytes},
          {"share", std::max(compute, memory)},
          {"bound", compute > memory ? "compute" : "memory"}};
}

int run(int argc, char** argv) {
  bool json = false;
  int threads = 0;
  double seconds = 0.2;
  std::string filter;
  CLI::App app("Times tensor ops");
  app.add_flag("--json", json, "One JSON object instead of a table");
  app.add_option("--threads", threads, "Compute threads; 0 = all cores");
  app.add_option("--seconds", seconds, "Time for each op");
  app.add_option("--filter", filter, "Only ops whose name contains this");
  CLI11_PARSE(app, argc, argv);
  set_compute_threads(threads);
  Ceilings ceilings = measure_ceilings();
  nlohmann::json report = {{"threads", compute_threads()},
                           {"ceilings", {{"gflops", ceilings.gflops}, {"gigabytes", ceilings.gigabytes}}},
                           {"ops", nlohmann::json::array()}};
  if (!json) {
    fmt::print("{} threads: {:.0f} GFLOP/s multiply-add, {:.1f} GB/s read\n", compute_threads(),
               ceilings.gflops, ceilings.gigabytes);
    fmt::print("{:56} {:>10} {:>9} {:>7} {:>6}\n", "op", "us", "GFLOP/s", "GB/s", "share");
  }
  for (const auto& make : all_cases()) {
    for (const Case& c : make()) {
      if (c.name.find(filter) == std::string::npos) continue;
      nlohmann::json line = measure(c, ceilings, seconds);
      report["ops"].push_back(line);
      if (json) continue;
      fmt::print("{:56} {:10.1f} {:9.1f} {:7.1f} {:5.0f}% {}\n", c.name, line["microseconds"].get<double>(),
                 line["gflops"].get<double>(), line["gigabytes"].get<double>(),
                 100 * line["share"].get<double>(), line["bound"].get<std::string>());
      std::fflush(stdout);
    }
  }
  if (json) fmt::print("{}\n", report.dump(2));
  return 0;
}

}  // namespace
}  // namespace auris::bench

int main(int argc, char** argv) { return auris::bench::run(argc, argv); }
