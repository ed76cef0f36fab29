#include "auris/data/responses/answer_logits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/tensor/float16.h"

namespace auris::data {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint64_t kMostTokens = 1 << 20, kMostTop = 1024;

struct RecordHeader {
  uint32_t tokens;
  uint16_t top;
  uint16_t id_bytes;
};
static_assert(sizeof(RecordHeader) == 8);

template <class T>
void put(std::string& bytes, const std::vector<T>& values) {
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}
  // The caller has checked that there are enough.
  template <class T>
  std::vector<T> take(uint64_t count) {
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_ = bytes_.subspan(count * sizeof(T));
    return values;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace

void AnswerLogits::add(int32_t token, std::span<const float> logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float logit : logits) sum += std::exp(static_cast<double>(logit - largest));
  const double shift = largest + std::log(sum);
  const auto logprob = [&](int32_t id) {
    return static_cast<float>(logits[static_cast<size_t>(id)] - shift);
  };
  std::vector<int32_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto likelier = [&](int32_t a, int32_t b) {
    const float x = logits[static_cast<size_t>(a)], y = logits[static_cast<size_t>(b)];
    return x != y ? x > y : a < b;
  };
  std::partial_sort(ids.begin(), ids.begin() + top, ids.end(), likelier);
  tokens.push_back(token);
  token_logprobs.push_back(logprob(token));
  for (int32_t i = 0; i < top; ++i) {
    top_ids.push_back(ids[static_cast<size_t>(i)]);
    top_logprobs.push_back(f32_to_f16(logprob(top_ids.back())));
  }
}

std::string to_bytes(const AnswerLogits& answer) {
  const bool narrow =
      std::all_of(answer.top_ids.begin(), answer.top_ids.end(), [](int32_t id) { return id <= UINT16_MAX; });
  const RecordHeader header{.tokens = static_cast<uint32_t>(answer.tokens.size()),
                            .top = static_cast<uint16_t>(answer.top),
                            .id_bytes = static_cast<uint16_t>(narrow ? 2 : 4)};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  put(bytes, answer.tokens);
  put(bytes, answer.token_logprobs);
  if (narrow) {
    put(bytes, std::vector<uint16_t>(answer.top_ids.begin(), answer.top_ids.end()));
  } else {
    put(bytes, answer.top_ids);
  }
  put(bytes, answer.top_logprobs);
  return bytes;
}

AnswerLogits parse_answer_logits(std::span<const std::byte> bytes, const std::string& where) {
  const auto fail = [&](std::string expected, std::string got) {
    throw Error(
        ErrorCode::kInput,
        {.where = where, .expected = std::move(expected), .got = std::move(got), .hint = "make it again"});
  };
  RecordHeader header{};
  if (bytes.size() < sizeof(header)) fail("logits of an answer", fmt::format("{} bytes", bytes.size()));
  std::memcpy(&header, bytes.data(), sizeof(header));
  const uint64_t tokens = header.tokens, top = header.top, id_bytes = header.id_bytes;
  if (tokens < 1 || tokens > kMostTokens) fail("1 to 2^20 tokens", fmt::format("{}", tokens));
  if (top < 1 || top > kMostTop) fail("1 to 1024 likeliest tokens", fmt::format("{}", top));
  if (id_bytes != 2 && id_bytes != 4) fail("ids of 2 or 4 bytes", fmt::format("{}", id_bytes));
  // At most 2^20 * (8 + 1024 * 6): far from overflow.
  const uint64_t size = sizeof(header) + tokens * (8 + top * (id_bytes + 2));
  if (size != bytes.size()) fail(fmt::format("{} bytes", size), fmt::format("{}", bytes.size()));
  Cursor cursor(bytes.subspan(sizeof(header)));
  AnswerLogits answer{.top = static_cast<int32_t>(top),
                      .tokens = cursor.take<int32_t>(tokens),
                      .token_logprobs = cursor.take<float>(tokens),
                      .top_ids = {},
                      .top_logprobs = {}};
  if (id_bytes == 2) {
    const std::vector<uint16_t> ids = cursor.take<uint16_t>(tokens * top);
    answer.top_ids.assign(ids.begin(), ids.end());
  } else {
    answer.top_ids = cursor.take<int32_t>(tokens * top);
  }
  answer.top_logprobs = cursor.take<uint16_t>(tokens * top);
  const auto negative = [](int32_t id) { return id < 0; };
  if (std::any_of(answer.tokens.begin(), answer.tokens.end(), negative) ||
      std::any_of(answer.top_ids.begin(), answer.top_ids.end(), negative)) {
    fail("ids of tokens", "a negative number");
  }
  const auto possible = [](float logprob) { return logprob <= 0.001f; };  // not NaN; f16 may round up to 0
  if (!std::all_of(answer.token_logprobs.begin(), answer.token_logprobs.end(), possible) ||
      !std::all_of(answer.top_logprobs.begin(), answer.top_logprobs.end(),
                   [&](uint16_t half) { return possible(f16_to_f32(half)); })) {
    fail("log-probabilities", "a number that is none");
  }
  return answer;
}

}  // namespace auris::data
