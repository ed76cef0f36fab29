// Every member of the llama family against transformers, from Hugging Face folders and from GGUF files.
// Golden values: tools/reference/dump_language_models.py.

#include "auris/models/language/llama/llama.h"

#include <gtest/gtest.h>

#include "auris/models/testing/device_under_test.h"
#include "auris/models/testing/golden.h"
#include "auris/tensor/ops/rows.h"

namespace auris::models {
namespace {

using testing::FirstDifference;
using testing::Golden;
using testing::golden_folder;
using testing::relative_error;

constexpr double kTolerance = 1e-5;

struct Case {
  std::string family;
  std::string file;  // "" for the Hugging Face folder
  Device device = Device::kCpu;
};

std::string name_of_case(const ::testing::TestParamInfo<Case>& info) {
  std::string name = info.param.family + (info.param.file.empty() ? "_hf" : "_gguf") + "_" +
                     std::string(name_of(info.param.device));
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

class LlamaParity : public ::testing::TestWithParam<Case> {
 protected:
  LlamaParity() : golden_(GetParam().family) {
    std::filesystem::path path = golden_folder() / GetParam().family;
    if (!GetParam().file.empty()) path /= GetParam().file;
    model_ = load_llama(weights::open_checkpoint(path), {.device = GetParam().device});
  }

  Tensor logits(std::string_view sequence) const { return golden_.tensor(std::string(sequence) + ".logits"); }
  std::vector<int32_t> ids(std::string_view sequence) const {
    return golden_.ids(std::string(sequence) + ".ids");
  }

  Golden golden_;
  std::shared_ptr<const Llama> model_;
};

TEST_P(LlamaParity, EveryLayerAgrees) {
  for (const char* sequence : {"a", "b", "c"}) {
    std::vector<int32_t> tokens = ids(sequence);
    FirstDifference difference(golden_, sequence, kTolerance);
    Tensor hidden =
        model_->forward(model_->embed(tokens), RowLayout::single(static_cast<int64_t>(tokens.size())),
                        {.observer = [&](auto name, const Tensor& rows) { difference.see(name, rows); }});
    difference.see("logits", model_->logits(hidden));
    EXPECT_EQ(difference.found(), "");
    EXPECT_EQ(difference.compared(), model_->config().layers + 3);
  }
}

TEST_P(LlamaParity, SeveralSequencesInOneForward) {
  std::vector<int32_t> tokens;
  RowLayout layout;
  for (const char* sequence : {"b", "a", "c"}) {
    std::vector<int32_t> more = ids(sequence);
    tokens.insert(tokens.end(), more.begin(), more.end());
    layout.add(static_cast<int64_t>(more.size()));
  }
  Tensor all = model_->logits(model_->forward(model_->embed(tokens), layout));
  const char* order[] = {"b", "a", "c"};
  for (size_t i = 0; i < 3; ++i) {
    Tensor part = all.slice_rows(layout.spans[i].row_begin, layout.spans[i].row_count);
    EXPECT_LE(relative_error(part, logits(order[i])), kTolerance) << order[i];
  }
}

TEST_P(LlamaParity, OnlyTheWantedRows) {
  std::vector<int32_t> tokens = ids("a"), rows{3, 17, 39};
  Tensor hidden = model_->forward(model_->embed(tokens), RowLayout::single(40), {.rows = rows});
  EXPECT_LE(relative_error(model_->logits(hidden), ops::gather_rows(logits("a"), rows)), kTolerance);
}

// Two sequences that started at different times, decoded side by side: prefill and decode rows mix.
TEST_P(LlamaParity, CachedDecodingEqualsTheFullForward) {
  KvCache cache(model_->cache_options(DType::kF32));
  SequenceId a = cache.create(), b = cache.create();
  std::vector<int32_t> tokens_a = ids("a"), tokens_b = ids("b");
  auto step = [&](int64_t a_rows, int64_t b_rows) {
    RowLayout layout;
    std::vector<int32_t> tokens;
    int64_t a_begin = cache.length(a), b_begin = cache.length(b);
    layout.add(b_rows, b_begin, b);
    layout.add(a_rows, a_begin, a);
    tokens.insert(tokens.end(), tokens_b.begin() + b_begin, tokens_b.begin() + b_begin + b_rows);
    tokens.insert(tokens.end(), tokens_a.begin() + a_begin, tokens_a.begin() + a_begin + a_rows);
    Tensor all = model_->logits(model_->forward(model_->embed(tokens), layout, {.cache = &cache}));
    if (b_rows > 0) {
      EXPECT_LE(relative_error(all.slice_rows(0, b_rows), logits("b").slice_rows(b_begin, b_rows)),
                kTolerance);
    }
    EXPECT_LE(relative_error(all.slice_rows(b_rows, a_rows), logits("a").slice_rows(a_begin, a_rows)),
              kTolerance);
  };
  step(25, 0);
  step(1, 5);
  for (int i = 0; i < 4; ++i) step(1, 1);
  step(10, 0);
}

// Every family and file on the device under test; two on the plain backend beside the cpu's.
std::vector<Case> cases() {
  std::vector<Case> cases;
  Device device = testing::device_under_test();
  for (const char* family : {"llama3.2", "smollm2", "qwen2.5", "qwen3", "gemma3"}) {
    cases.push_back({family, "", device});
    cases.push_back({family, "model.gguf", device});
  }
  cases.push_back({"mistral", "", device});
  if (device == Device::kCpu) {
    cases.push_back({"llama3.2", "", Device::kPlain});
    cases.push_back({"gemma3", "model.gguf", Device::kPlain});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Family, LlamaParity, ::testing::ValuesIn(cases()), name_of_case);

}  // namespace
}  // namespace auris::models
