#pragma once
// What a language model thought at every token of an answer: the token it chose, and its likeliest tokens
// with their log-probabilities, for distillation. As bytes, little-endian:
//
//   0-3    tokens T, 1 .. 2^20
//   4-5    K, how many likeliest tokens are kept, 1 .. 1024
//   6-7    B, bytes of a token's id in the table below: 2 or 4
//   8-     T x u32 chosen tokens, T x f32 their log-probabilities,
//          T x K ids of B bytes, T x K f16 log-probabilities, each row likeliest first
//
// Log-probabilities are natural, of the model's own distribution (softmax over its whole vocabulary,
// untouched by temperature); what a row's K leave of 1 is the rest of the vocabulary.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace auris::data {

struct AnswerLogits {
  int32_t top = 0;                     // K
  std::vector<int32_t> tokens;         // [T], the end of the turn included if the model wrote it
  std::vector<float> token_logprobs;   // [T]
  std::vector<int32_t> top_ids;        // [T, K]
  std::vector<uint16_t> top_logprobs;  // [T, K], f16

  bool operator==(const AnswerLogits&) const = default;

  // Takes the token chosen from a row of logits, one float for each token of the vocabulary, of which there
  // are at least `top`.
  void add(int32_t token, std::span<const float> logits);
};

std::string to_bytes(const AnswerLogits& answer);
// kInput, naming `where`, for anything that is not exactly one such record.
AnswerLogits parse_answer_logits(std::span<const std::byte> bytes, const std::string& where);

}  // namespace auris::data
