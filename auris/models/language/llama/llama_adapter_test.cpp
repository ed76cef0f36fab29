// One adapter beside the Hugging Face folder and the GGUF file of the same weights, and what a trainer sees.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/language/llama/llama_row_order.h"
#include "auris/models/testing/golden.h"
#include "auris/models/testing/random_adapter.h"

namespace auris::models {
namespace {

using ::testing::Contains;
using testing::Golden;
using testing::golden_folder;
using ::testing::Not;
using testing::random_adapter;
using testing::relative_error;

const std::vector<std::string> kAllLinear = {"q_proj",    "k_proj",  "v_proj",    "o_proj",
                                             "gate_proj", "up_proj", "down_proj", "lm_head"};

Tensor logits_of(const Llama& llama, const std::string& family) {
  std::vector<int32_t> ids = Golden(family).ids("a.ids");
  return llama.logits(llama.forward(llama.embed(ids), RowLayout::single(static_cast<int64_t>(ids.size()))));
}

std::shared_ptr<const Llama> load(const std::filesystem::path& file, const LlamaOptions& options) {
  return load_llama(weights::open_checkpoint(golden_folder() / file), options);
}

class LlamaAdapter : public ::testing::TestWithParam<std::string> {};

TEST_P(LlamaAdapter, ServesBothFormats) {
  const std::string family = GetParam();
  Tensor bare = Golden(family).tensor("a.logits");
  nn::AdapterSource adapter = random_adapter({.rank = 3, .alpha = 6, .layers = kAllLinear}, 5);
  Tensor hf = logits_of(*load(family, {.adapter = adapter}), family);
  Tensor gguf = logits_of(*load(family + "/model.gguf", {.adapter = adapter}), family);
  EXPECT_LE(relative_error(gguf, hf), 1e-5);
  EXPECT_GE(relative_error(hf, bare), 0.05);  // it does change the model
  Tensor plain = logits_of(*load(family, {.device = Device::kPlain, .adapter = adapter}), family);
  EXPECT_LE(relative_error(plain, hf), 1e-5);
  // Queries and keys alone, whose rows are the permuted ones.
  adapter = random_adapter({.rank = 2, .alpha = 8, .layers = {"q_proj", "k_proj"}}, 6);
  hf = logits_of(*load(family, {.adapter = adapter}), family);
  EXPECT_LE(relative_error(logits_of(*load(family + "/model.gguf", {.adapter = adapter}), family), hf), 1e-5);
  EXPECT_GE(relative_error(hf, bare), 0.01);
}

TEST_P(LlamaAdapter, AFreshOneChangesNothing) {
  const std::string family = GetParam();
  nn::AdapterSource fresh = nn::fresh_adapter({.rank = 4, .alpha = 8, .layers = kAllLinear}, 1);
  EXPECT_LE(
      relative_error(logits_of(*load(family, {.adapter = fresh}), family), Golden(family).tensor("a.logits")),
      1e-5);
}

INSTANTIATE_TEST_SUITE_P(Family, LlamaAdapter,
                         ::testing::Values("llama3.2", "smollm2", "qwen2.5", "qwen3", "gemma3"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

// Prefill and decoding through a cache, as without an adapter.
TEST(LlamaAdapterCache, DecodingEqualsTheFullForward) {
  nn::AdapterSource adapter = random_adapter({.rank = 3, .alpha = 6, .layers = kAllLinear}, 5);
  auto llama = load("smollm2/model.gguf", {.adapter = adapter});
  std::vector<int32_t> ids = Golden("smollm2").ids("a.ids");
  Tensor whole = logits_of(*llama, "smollm2");
  KvCache cache(llama->cache_options(DType::kF32));
  SequenceId sequence = cache.create();
  for (int64_t begin = 0; begin < whole.rows();) {
    int64_t count = begin == 0 ? 20 : 1;
    Tensor rows =
        llama->embed(std::span(ids).subspan(static_cast<size_t>(begin), static_cast<size_t>(count)));
    Tensor logits =
        llama->logits(llama->forward(rows, RowLayout::single(count, begin, sequence), {.cache = &cache}));
    EXPECT_LE(relative_error(logits, whole.slice_rows(begin, count)), 1e-5) << begin;
    begin += count;
  }
}

// llama.cpp's converter: reshape(heads, 2, half).swapaxes(1, 2).
TEST(LlamaRowOrder, IsTheConvertersPermutation) {
  LlamaConfig config;
  config.head_dim = 6;
  config.rope_style = RopeStyle::kInterleaved;
  EXPECT_EQ(*llama_row_order(config, 2), (std::vector<int32_t>{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11}));
  config.rope_style = RopeStyle::kHalves;
  EXPECT_EQ(llama_row_order(config, 2), nullptr);
}

// Every tensor of the file is adopted once under our name, and used: each one changed changes the result.
TEST(LlamaAdopt, EveryTensorIsAdoptedAndUsed) {
  auto checkpoint = weights::open_checkpoint(golden_folder() / "qwen2.5");
  std::map<std::string, int> seen;
  load_llama(checkpoint, {.adopt = [&](std::string_view name, const Tensor& tensor) {
               ++seen[std::string(name)];
               return tensor;
             }});
  ASSERT_EQ(seen.size(), checkpoint->tensors().size());
  Tensor bare = Golden("qwen2.5").tensor("a.logits");
  for (const auto& entry : seen) {
    const std::string& changed = entry.first;
    EXPECT_EQ(entry.second, 1) << changed;
    auto llama = load_llama(checkpoint, {.adopt = [&](std::string_view name, const Tensor& tensor) {
                              if (name != changed) return tensor;
                              Tensor own = ops::to_f32(tensor);
                              for (float& value : own.span<float>()) value = 1.5f * value + 0.05f;
                              return own;
                            }});
    // A key's bias of all heads shifts every score of a row alike only without rotation: it counts here too.
    EXPECT_GE(relative_error(logits_of(*llama, "qwen2.5"), bare), 1e-4) << changed;
  }
  EXPECT_EQ(seen.count("embed_tokens.weight"), 1u);
  EXPECT_EQ(seen.count("layers.1.self_attn.q_proj.weight"), 1u);
  EXPECT_EQ(seen.count("lm_head.weight"), 1u);
}

// A tied output matrix is the adopted table itself, so that one copy is trained.
TEST(LlamaAdopt, TiedTablesStayOne) {
  auto llama = load("smollm2", {.adopt = [](std::string_view name, const Tensor& tensor) {
                      return name == "embed_tokens.weight" ? Tensor::zeros(tensor.shape()) : tensor;
                    }});
  Tensor logits = logits_of(*llama, "smollm2");
  for (float value : logits.span<float>()) ASSERT_EQ(value, 0.0f);
}

TEST(LlamaAdopt, SeesLowRanksByName) {
  std::vector<std::string> names;
  LlamaOptions options;
  options.adapter =
      random_adapter({.rank = 2, .alpha = 2, .layers = {"layers.1.self_attn.v_proj", "lm_head"}}, 1);
  options.adopt = [&](std::string_view name, const Tensor& tensor) {
    names.emplace_back(name);
    return tensor;
  };
  load("smollm2", options);
  EXPECT_THAT(names, Contains("layers.1.self_attn.v_proj.lora_a"));
  EXPECT_THAT(names, Contains("layers.1.self_attn.v_proj.lora_b"));
  EXPECT_THAT(names, Contains("lm_head.lora_b"));
  EXPECT_THAT(names, Not(Contains("layers.0.self_attn.v_proj.lora_a")));
}

}  // namespace
}  // namespace auris::models
