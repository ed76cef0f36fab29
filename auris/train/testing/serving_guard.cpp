#include "auris/train/testing/serving_guard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "auris/data/asked/item_messages.h"
#include "auris/engine/language_model.h"
#include "auris/models/testing/golden.h"
#include "auris/tensor/transfer.h"

namespace auris::train::testing {
namespace {

constexpr int kTokens = 12;
constexpr uint64_t kExamples = 4;

Tensor logits_of(const engine::LanguageModel& model, const processor::ModelInput& input) {
  const Tensor rows = model.ears->embed(input.ids, model.ears->encode(input.windows).rows);
  return to_host(model.llama->logits(model.llama->forward(rows, input.layout())));
}

int32_t likeliest_next(const Tensor& logits) {
  const std::span<float> last = logits.slice_rows(logits.rows() - 1, 1).span<float>();
  return static_cast<int32_t>(std::ranges::max_element(last) - last.begin());
}

}  // namespace

void expect_served_alike(const std::filesystem::path& folder, const std::filesystem::path& data) {
  const auto served = engine::load_language_model(folder, "served");
  const auto trained = engine::load_language_model(folder, "trained", {.device = Device::kTorch});
  const data::ShardReader shards(data);
  for (uint64_t row = 0; row < std::min(kExamples, shards.size()); ++row) {
    processor::ModelInput input = served->prompt_of(data::messages_of(data::load_item(shards, row)));
    std::vector<text::TokenId> ours, theirs;
    for (int token = 0; token < kTokens; ++token) {
      const Tensor here = logits_of(*served, input), there = logits_of(*trained, input);
      ASSERT_LE(models::testing::relative_error(here, there), 1e-4);
      ours.push_back(likeliest_next(here));
      theirs.push_back(likeliest_next(there));
      input.ids.push_back(ours.back());
    }
    EXPECT_EQ(served->tokenizer->decode(ours), trained->tokenizer->decode(theirs));
  }
}

}  // namespace auris::train::testing
