#pragma once
// Learning what a teacher thought at every token, not only what it wrote (Hinton and others, 2015): the
// Kullback-Leibler divergence from the teacher's distribution to the model's, over the teacher's likeliest
// tokens, both made flatter by a temperature. What lies outside the likeliest is left to the cross-entropy.

#include "auris/data/responses/answer_logits.h"
#include "auris/train/objectives/cross_entropy.h"

namespace auris::train {

struct DistillationOptions {
  double temperature = 2.0;
  double last_row_weight = 1.0;  // of the last row's divergence: the end of the turn
};

// logits [rows, vocab] f32 of the model at the rows that write teacher.tokens. The sum of
//   temperature^2 * KL(softmax(teacher top logprobs / temperature) || softmax(logits there / temperature))
// over rows; temperature^2 keeps the gradient's size, as the paper does. `correct` counts the teacher's own
// tokens.
LossSum distillation(const at::Tensor& logits, const data::AnswerLogits& teacher,
                     const DistillationOptions& options = {});

// The same over the whole vocabulary: logits and taught [rows, vocab].
at::Tensor full_distillation(const at::Tensor& logits, const at::Tensor& taught,
                             const DistillationOptions& options = {});

}  // namespace auris::train
