#include "auris/train/objectives/ctc.h"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/ctc_loss.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/zeros.h>

#include "auris/base/error.h"
#include "auris/train/objectives/host_values.h"

namespace auris::train {
namespace {

// Equal neighbours need a blank between them.
int64_t rows_needed(const std::vector<int32_t>& text) {
  auto rows = static_cast<int64_t>(text.size());
  for (size_t i = 1; i < text.size(); ++i) rows += text[i] == text[i - 1] ? 1 : 0;
  return rows;
}

}  // namespace

CtcSum ctc(const at::Tensor& logits, const RowLayout& layout, std::span<const std::vector<int32_t>> texts,
           int32_t blank) {
  AURIS_CHECK(layout.spans.size() == texts.size() && layout.rows() == logits.size(0));
  CtcSum result{.sum = at::zeros({}, logits.options())};
  for (size_t i = 0; i < texts.size(); ++i) {
    const RowSpan& span = layout.spans[i];
    if (texts[i].empty() || span.row_count < rows_needed(texts[i])) {
      ++result.impossible;
      continue;
    }
    at::Tensor rows = logits.narrow(0, span.row_begin, span.row_count);
    at::Tensor wanted = on_device_of(logits, std::span<const int32_t>(texts[i])).to(at::kLong);
    int64_t length = wanted.numel();
    result.sum = result.sum + at::ctc_loss(at::log_softmax(rows, 1).unsqueeze(1), wanted.unsqueeze(0),
                                           {span.row_count}, {length}, blank, at::Reduction::Sum);
    result.tokens += length;
  }
  return result;
}

}  // namespace auris::train
