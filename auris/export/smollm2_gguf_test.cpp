// The real SmolLM2-135M-Instruct, exported from its Q4_1 GGUF and used again.

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/base/sanitized.h"
#include "auris/base/test_folder.h"
#include "auris/export/language_model_gguf.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/testing/golden.h"
#include "auris/text/golden_cases.h"

namespace auris::models {
namespace {

using testing::Golden;
using testing::relative_error;

constexpr const char* kName = "smollm2-135m-instruct";

std::filesystem::path published() { return model_folder() / kName / "SmolLM2-135M-Instruct.Q4_1.gguf"; }

Tensor last_logits(const Llama& llama) {
  const std::vector<int32_t> ids = Golden(kName).ids("a.ids");
  const Tensor hidden = llama.forward(llama.embed(ids), RowLayout::single(static_cast<int64_t>(ids.size())));
  return llama.logits(hidden.slice_rows(hidden.rows() - 1, 1));
}

std::vector<int32_t> greedy(const Llama& llama, const std::vector<int32_t>& prompt, size_t tokens) {
  KvCache cache(llama.cache_options(DType::kF32));
  const SequenceId sequence = cache.create();
  std::vector<int32_t> next = prompt, answer;
  while (answer.size() < tokens) {
    const RowLayout layout =
        RowLayout::single(static_cast<int64_t>(next.size()), cache.length(sequence), sequence);
    const std::vector<int32_t> last = {static_cast<int32_t>(next.size()) - 1};
    const Tensor logits =
        llama.logits(llama.forward(llama.embed(next), layout, {.cache = &cache, .rows = last}));
    const auto scores = logits.span<float>();
    next = {static_cast<int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin())};
    answer.push_back(next.front());
  }
  return answer;
}

struct Case {
  DType type;
  double tolerance;  // of the logits, relative to the largest
  size_t prompts;    // whose greedy answers are compared, of those of transformers with the published weights
};

class SmolLm2 : public ::testing::TestWithParam<Case> {
 protected:
  TestFolder folder_;
  const std::filesystem::path file_ = folder_ / "out.gguf";
};

TEST_P(SmolLm2, SaysTheSame) {
  export_gguf(published(), file_, {.type = GetParam().type});
  const auto exported = load_llama(weights::open_checkpoint(file_));
  const auto original = load_llama(weights::open_checkpoint(published()));
  const double error = relative_error(last_logits(*exported), last_logits(*original));
  EXPECT_LE(error, GetParam().tolerance);
  RecordProperty("relative_error", std::to_string(error));
  std::ifstream file(testing::golden_folder() / kName / "greedy.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  for (size_t i = 0; i < cases_of(GetParam().prompts, 1); ++i) {
    const nlohmann::json& test = golden["cases"][i];
    const std::vector<int32_t> expected = test["answer_ids"];
    const size_t tokens = std::min<size_t>(expected.size(), 16);
    EXPECT_EQ(greedy(*exported, test["prompt_ids"], tokens),
              std::vector<int32_t>(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(tokens)))
        << test["question"];
  }
}

// f32 holds the numbers of the published file exactly; a half rounds them by 2^-11. 8 bits round them by up
// to 1/254 of the largest of 32, about 0.6 % of a product of such rows: 4 % behind some sixty of them one
// after another, of which the double is allowed.
INSTANTIATE_TEST_SUITE_P(Types, SmolLm2,
                         ::testing::Values(Case{DType::kF32, 1e-4, 2}, Case{DType::kF16, 2e-3, 2},
                                           Case{DType::kQ8_0, 0.1, 2}),
                         [](const auto& test) { return std::string(name_of(test.param.type)); });

TEST(SmolLm2Gguf, InItsOwnTypeNothingChanges) {
  TestFolder folder;
  const GgufExportReport report = export_gguf(published(), folder / "out.gguf", {.type = DType::kQ4_1});
  const auto before = weights::open_checkpoint(published()),
             after = weights::open_checkpoint(folder / "out.gguf");
  ASSERT_EQ(after->tensors().size(), before->tensors().size());
  for (const weights::TensorInfo& info : before->tensors()) {
    const Tensor was = before->tensor(info.name), is = after->tensor(info.name);
    ASSERT_EQ(is.dtype(), was.dtype()) << info.name;  // llama.cpp chose them: the mix is the same
    ASSERT_TRUE(std::equal(is.data<std::byte>(), is.data<std::byte>() + is.bytes(), was.data<std::byte>(),
                           was.data<std::byte>() + was.bytes()))
        << info.name;
  }
  for (const auto& [key, value] : before->metadata().items()) {
    if (!key.starts_with("tokenizer.") && !key.starts_with("llama.")) continue;
    EXPECT_EQ(after->metadata().at(key), value) << key;
  }
  EXPECT_EQ(report.tensors, std::ssize(before->tensors()));
}

TEST(SmolLm2Gguf, TokenizesAsTheOriginal) {
  TestFolder folder;
  export_gguf(published(), folder / "out.gguf", {.type = DType::kQ4_0});
  text::check_golden(*text::tokenizer_from_gguf(weights::open_checkpoint(folder / "out.gguf")->metadata()),
                     "smollm2");
}

}  // namespace
}  // namespace auris::models
