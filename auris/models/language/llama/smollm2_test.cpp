// The real SmolLM2-135M-Instruct (Q4_1 GGUF) against transformers with the same weights dequantized. Golden
// values: tools/reference/dump_smollm2.py.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "auris/base/cache_folder.h"
#include "auris/base/sanitized.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/testing/device_under_test.h"
#include "auris/models/testing/golden.h"

namespace auris::models {
namespace {

using testing::FirstDifference;
using testing::Golden;

constexpr const char* kName = "smollm2-135m-instruct";

std::shared_ptr<const Llama> smollm2() {
  static const std::shared_ptr<const Llama> model =
      load_llama(weights::open_checkpoint(model_folder() / kName / "SmolLM2-135M-Instruct.Q4_1.gguf"),
                 {.device = testing::device_under_test()});
  return model;
}

int32_t best_of(const Tensor& logits, int64_t row) {
  const float* scores = logits.data<float>() + row * logits.cols();
  return static_cast<int32_t>(std::max_element(scores, scores + logits.cols()) - scores);
}

TEST(SmolLm2, EveryLayerAgreesOnTheLastRow) {
  Golden golden(kName);
  std::vector<int32_t> ids = golden.ids("a.ids");
  FirstDifference difference(golden, "a", 1e-3);
  auto see = [&](std::string_view name, const Tensor& rows) {
    difference.see(name, rows.slice_rows(rows.rows() - 1, 1));
  };
  Tensor hidden = smollm2()->forward(smollm2()->embed(ids),
                                     RowLayout::single(static_cast<int64_t>(ids.size())), {.observer = see});
  see("logits", smollm2()->logits(hidden.slice_rows(hidden.rows() - 1, 1)));
  EXPECT_EQ(difference.found(), "");
  EXPECT_EQ(difference.compared(), 1 + 29 + 2);
  RecordProperty("worst_relative_error", std::to_string(difference.worst()));
}

// All 20 prompts at once: prefill of 20 spans, then steps of as many rows as are still talking.
TEST(SmolLm2, GreedyTextIsIdenticalOnTwentyPrompts) {
  std::ifstream file(testing::golden_folder() / kName / "greedy.json");
  nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden["cases"].size(), 20u);
  struct Talk {
    size_t index;
    SequenceId sequence;
    std::vector<int32_t> next, answer, expected;
  };
  KvCache cache(smollm2()->cache_options(DType::kF32));
  std::vector<Talk> talks, done;
  for (size_t i = 0; i < cases_of(golden["cases"].size(), 4); ++i) {
    const nlohmann::json& test = golden["cases"][i];
    talks.push_back({talks.size(), cache.create(), test["prompt_ids"], {}, test["answer_ids"]});
  }
  while (!talks.empty()) {
    RowLayout layout;
    std::vector<int32_t> ids;
    for (Talk& talk : talks) {
      layout.add(static_cast<int64_t>(talk.next.size()), cache.length(talk.sequence), talk.sequence);
      ids.insert(ids.end(), talk.next.begin(), talk.next.end());
    }
    std::vector<int32_t> rows = last_rows(layout);
    Tensor logits = to_host(smollm2()->logits(
        smollm2()->forward(smollm2()->embed(ids), layout, {.cache = &cache, .rows = rows})));
    std::vector<Talk> going;
    for (size_t i = 0; i < talks.size(); ++i) {
      Talk& talk = talks[i];
      talk.next = {best_of(logits, static_cast<int64_t>(i))};
      talk.answer.push_back(talk.next.front());
      bool ended =
          talk.next.front() == golden["eos"].get<int32_t>() || talk.answer.size() == talk.expected.size();
      (ended ? done : going).push_back(talk);
    }
    talks = going;
  }
  for (const Talk& talk : done) {
    EXPECT_EQ(talk.answer, talk.expected) << golden["cases"][talk.index]["question"];
  }
}

}  // namespace
}  // namespace auris::models
