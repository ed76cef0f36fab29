// Each objective against its definition, written out in double, and its gradient against central differences.

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "auris/base/rng.h"
#include "auris/tensor/float16.h"
#include "auris/train/objectives/contrastive.h"
#include "auris/train/objectives/cross_entropy.h"
#include "auris/train/objectives/ctc.h"
#include "auris/train/objectives/distillation.h"

namespace auris::train {
namespace {

at::Tensor random_logits(Rng& rng, int64_t rows, int64_t cols) {
  at::Tensor x = at::empty({rows, cols});
  for (int64_t i = 0; i < x.numel(); ++i) x.data_ptr<float>()[i] = static_cast<float>(2.0 * rng.normal());
  return x.set_requires_grad(true);
}

double at2(const at::Tensor& x, int64_t row, int64_t col) {
  return x.data_ptr<float>()[row * x.size(1) + col];
}

// log softmax of some columns of a row, divided by a temperature
std::vector<double> log_softmax_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (double value : values) sum += std::exp(value);
  std::vector<double> logs;
  logs.reserve(values.size());
  for (double value : values) logs.push_back(value - std::log(sum));
  return logs;
}
std::vector<double> row_of(const at::Tensor& x, int64_t row) {
  std::vector<double> values;
  for (int64_t col = 0; col < x.size(1); ++col) values.push_back(at2(x, row, col));
  return values;
}

// The gradient of `loss` at x against differences of its value, element by element.
void expect_gradient(const at::Tensor& x, const std::function<at::Tensor(const at::Tensor&)>& loss) {
  at::Tensor wide = x.detach().to(at::kDouble).set_requires_grad(true);
  loss(wide).backward();
  constexpr double kStep = 1e-5;
  for (int64_t i = 0; i < x.numel(); ++i) {
    at::Tensor up = wide.detach().clone(), down = wide.detach().clone();
    up.data_ptr<double>()[i] += kStep;
    down.data_ptr<double>()[i] -= kStep;
    double slope = (loss(up).item<double>() - loss(down).item<double>()) / (2 * kStep);
    ASSERT_NEAR(wide.grad().data_ptr<double>()[i], slope, 1e-6) << i;
  }
}

TEST(CrossEntropy, SumsTheSurpriseOfRows) {
  Rng rng(1);
  at::Tensor logits = random_logits(rng, 3, 5);
  std::vector<int32_t> targets = {4, 0, 2};
  double plain = 0.0, smoothed = 0.0;  // a tenth of each target is spread over the five tokens
  int64_t correct = 0;
  for (int64_t row = 0; row < 3; ++row) {
    std::vector<double> values = row_of(logits, row), logs = log_softmax_of(values);
    auto target = static_cast<size_t>(targets[static_cast<size_t>(row)]);
    plain -= logs[target];
    smoothed -= 0.9 * logs[target];
    for (double value : logs) smoothed -= 0.1 / 5 * value;
    correct +=
        std::max_element(values.begin(), values.end()) - values.begin() == targets[static_cast<size_t>(row)];
  }
  LossSum loss = cross_entropy(logits, targets);
  EXPECT_NEAR(loss.sum.item<double>(), plain, 1e-5);
  EXPECT_EQ(loss.tokens, 3);
  EXPECT_EQ(loss.correct, correct);
  EXPECT_NEAR(cross_entropy(logits, targets, 0.1).sum.item<double>(), smoothed, 1e-5);
}

data::AnswerLogits teacher_of(const std::vector<std::vector<int32_t>>& ids,
                              const std::vector<std::vector<double>>& logprobs) {
  data::AnswerLogits teacher;
  teacher.top = static_cast<int32_t>(ids[0].size());
  for (size_t row = 0; row < ids.size(); ++row) {
    teacher.tokens.push_back(ids[row][0]);
    teacher.token_logprobs.push_back(static_cast<float>(logprobs[row][0]));
    for (size_t i = 0; i < ids[row].size(); ++i) {
      teacher.top_ids.push_back(ids[row][i]);
      teacher.top_logprobs.push_back(f32_to_f16(static_cast<float>(logprobs[row][i])));
    }
  }
  return teacher;
}

TEST(Distillation, IsTheDivergenceOverTheTeachersLikeliest) {
  Rng rng(2);
  at::Tensor logits = random_logits(rng, 2, 6);
  // Numbers that f16 holds exactly.
  std::vector<std::vector<int32_t>> ids = {{3, 0, 5}, {1, 2, 4}};
  std::vector<std::vector<double>> logprobs = {{-0.25, -2.0, -3.5}, {-0.5, -1.5, -4.0}};
  data::AnswerLogits teacher = teacher_of(ids, logprobs);
  for (double temperature : {1.0, 2.0}) {
    double expected = 0.0;
    for (size_t row = 0; row < 2; ++row) {
      std::vector<double> taught, found;
      for (size_t i = 0; i < 3; ++i) {
        taught.push_back(logprobs[row][i] / temperature);
        found.push_back(at2(logits, static_cast<int64_t>(row), ids[row][i]) / temperature);
      }
      taught = log_softmax_of(taught);
      found = log_softmax_of(found);
      for (size_t i = 0; i < 3; ++i)
        expected += temperature * temperature * std::exp(taught[i]) * (taught[i] - found[i]);
    }
    LossSum loss = distillation(logits, teacher, {.temperature = temperature});
    EXPECT_NEAR(loss.sum.item<double>(), expected, 1e-4);
    EXPECT_EQ(loss.tokens, 2);
    expect_gradient(logits, [&](const at::Tensor& x) {
      return distillation(x, teacher, {.temperature = temperature}).sum;
    });
  }
}

TEST(Distillation, IsZeroForATeacherThatIsMatched) {
  std::vector<std::vector<int32_t>> ids = {{2, 1}};
  data::AnswerLogits teacher = teacher_of(ids, {{-0.5, -1.5}});
  at::Tensor logits = at::zeros({1, 4});
  logits.data_ptr<float>()[2] = 3.0f;  // one nat above token 1, as the teacher has it
  logits.data_ptr<float>()[1] = 2.0f;
  EXPECT_NEAR(distillation(logits, teacher).sum.item<double>(), 0.0, 1e-6);
}

TEST(Contrastive, ComparesEveryClipWithEveryText) {
  Rng rng(3);
  at::Tensor audio = random_logits(rng, 4, 7), text = random_logits(rng, 4, 7);
  const double temperature = 0.1;
  std::vector<std::vector<double>> scores(4, std::vector<double>(4));
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t j = 0; j < 4; ++j) {
      double dot = 0.0, a = 0.0, b = 0.0;
      for (int64_t k = 0; k < 7; ++k) {
        dot += at2(audio, i, k) * at2(text, j, k);
        a += at2(audio, i, k) * at2(audio, i, k);
        b += at2(text, j, k) * at2(text, j, k);
      }
      scores[static_cast<size_t>(i)][static_cast<size_t>(j)] = dot / std::sqrt(a * b) / temperature;
    }
  }
  double expected = 0.0;
  for (size_t i = 0; i < 4; ++i) {
    std::vector<double> column;
    for (size_t j = 0; j < 4; ++j) column.push_back(scores[j][i]);
    expected -= (log_softmax_of(scores[i])[i] + log_softmax_of(column)[i]) / 8;
  }
  EXPECT_NEAR(contrastive(audio, text, {.temperature = temperature}).item<double>(), expected, 1e-4);
  // Rows that are all alike tell nothing: the logarithm of how many there are.
  at::Tensor same = at::ones({5, 3});
  EXPECT_NEAR(contrastive(same, same).item<double>(), std::log(5.0), 1e-5);
}

// The probability of a text is the sum over all ways to spell it: tried one after the other.
double spelling_probability(const std::vector<std::vector<double>>& probabilities,
                            const std::vector<int32_t>& text, int32_t blank) {
  size_t rows = probabilities.size(), vocab = probabilities[0].size();
  std::vector<size_t> path(rows, 0);
  double sum = 0.0;
  while (true) {
    std::vector<int32_t> spelt;
    int32_t before = -1;
    double probability = 1.0;
    for (size_t row = 0; row < rows; ++row) {
      auto token = static_cast<int32_t>(path[row]);
      probability *= probabilities[row][path[row]];
      if (token != before && token != blank) spelt.push_back(token);
      before = token;
    }
    if (spelt == text) sum += probability;
    size_t row = 0;
    while (row < rows && ++path[row] == vocab) path[row++] = 0;
    if (row == rows) return sum;
  }
}

TEST(Ctc, SumsOverAllSpellingsOfEverySpan) {
  Rng rng(4);
  at::Tensor logits = random_logits(rng, 9, 3);
  RowLayout layout = RowLayout::single(5);
  layout.add(4);
  std::vector<std::vector<int32_t>> texts = {{1, 1, 2}, {2}};
  double expected = 0.0;
  for (size_t i = 0; i < 2; ++i) {
    std::vector<std::vector<double>> probabilities;
    for (int64_t row = 0; row < layout.spans[i].row_count; ++row) {
      std::vector<double> logs = log_softmax_of(row_of(logits, layout.spans[i].row_begin + row));
      for (double& value : logs) value = std::exp(value);
      probabilities.push_back(logs);
    }
    expected -= std::log(spelling_probability(probabilities, texts[i], 0));
  }
  CtcSum loss = ctc(logits, layout, texts, 0);
  EXPECT_NEAR(loss.sum.item<double>(), expected, 1e-4);
  EXPECT_EQ(loss.tokens, 4);
  EXPECT_EQ(loss.impossible, 0);
  expect_gradient(logits, [&](const at::Tensor& x) { return ctc(x, layout, texts, 0).sum; });
}

TEST(Ctc, LeavesOutTextsThatDoNotFit) {
  at::Tensor logits = at::zeros({4, 3});
  // Equal neighbours need a row between them: three rows for two tokens.
  RowLayout layout = RowLayout::single(2);
  layout.add(2);
  std::vector<std::vector<int32_t>> texts = {{1, 1}, {1, 2}};
  CtcSum loss = ctc(logits, layout, texts, 0);
  EXPECT_EQ(loss.impossible, 1);
  EXPECT_EQ(loss.tokens, 2);
  EXPECT_NEAR(loss.sum.item<double>(), 2 * std::log(3.0), 1e-5);
}

}  // namespace
}  // namespace auris::train
