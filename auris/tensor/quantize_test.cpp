// Golden blocks: tools/reference/dump_quantizers.py (ggml's reference quantizers).

#include "auris/tensor/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/rng.h"
#include "auris/tensor/dequantize.h"
#include "tests/source_folder.h"

namespace auris {
namespace {

const nlohmann::json& golden() {
  static const nlohmann::json json =
      nlohmann::json::parse(std::ifstream(AURIS_SOURCE_DIR "/tests/golden/tensor/quantizers.json"));
  return json;
}

template <typename T>
std::vector<T> from_hex(const std::string& hex) {
  std::vector<T> values(hex.size() / 2 / sizeof(T));
  auto* bytes = reinterpret_cast<uint8_t*>(values.data());
  for (size_t i = 0; i < values.size() * sizeof(T); ++i)
    bytes[i] = static_cast<uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  return values;
}

std::vector<uint8_t> blocks_of(DType dtype, const std::vector<float>& numbers) {
  const DTypeInfo& info = info_of(dtype);
  std::vector<uint8_t> blocks(numbers.size() / static_cast<size_t>(info.block_elements) *
                              static_cast<size_t>(info.block_bytes));
  quantize(dtype, numbers.data(), static_cast<int64_t>(numbers.size()),
           reinterpret_cast<std::byte*>(blocks.data()));
  return blocks;
}

std::vector<float> read_back(DType dtype, const std::vector<uint8_t>& blocks, size_t count) {
  std::vector<float> numbers(count);
  dequantize(dtype, reinterpret_cast<const std::byte*>(blocks.data()), static_cast<int64_t>(count),
             numbers.data());
  return numbers;
}

class Quantize : public ::testing::TestWithParam<DType> {};
class QuantizeBlocks : public ::testing::TestWithParam<DType> {};

TEST_P(Quantize, MakesTheReferencesBlocks) {
  const DType dtype = GetParam();
  const auto numbers = from_hex<float>(golden()["numbers"]);
  const auto expected = from_hex<uint8_t>(golden()[std::string(name_of(dtype))]);
  const std::vector<uint8_t> blocks = blocks_of(dtype, numbers);
  ASSERT_EQ(blocks.size(), expected.size());
  const auto block_bytes = static_cast<size_t>(info_of(dtype).block_bytes);
  for (size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_EQ(blocks[i], expected[i]) << "byte " << i % block_bytes << " of block " << i / block_bytes;
  }
  const auto read = golden().find(std::string(name_of(dtype)) + ".read");
  if (read == golden().end()) return;
  EXPECT_EQ(read_back(dtype, blocks, numbers.size()), from_hex<float>(*read));
}

// How many levels a type has for the numbers of a block.
int levels_of(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0: return 255;
    case DType::kQ6_K: return 64;
    case DType::kQ5_0:
    case DType::kQ5_1:
    case DType::kQ5_K: return 32;
    case DType::kQ4_0:
    case DType::kQ4_1:
    case DType::kQ4_K: return 16;
    default: return 0;
  }
}

// Equal steps over [-1, 1) leave an error of step / sqrt(12) (root mean square, Bennett 1948). A quarter more
// is allowed for steps and minima that are rounded themselves.
TEST_P(QuantizeBlocks, LosesWhatItsStepsLose) {
  const int levels = levels_of(GetParam());
  Rng rng(7);
  std::vector<float> numbers(256 * 64);
  for (float& number : numbers) number = static_cast<float>(2.0 * rng.uniform() - 1.0);
  const std::vector<float> read = read_back(GetParam(), blocks_of(GetParam(), numbers), numbers.size());
  double squares = 0.0;
  for (size_t i = 0; i < numbers.size(); ++i) squares += std::pow(double{read[i]} - numbers[i], 2);
  const double expected = 2.0 / levels / std::sqrt(12.0);
  EXPECT_LE(std::sqrt(squares / static_cast<double>(numbers.size())), 1.25 * expected);
  EXPECT_GE(std::sqrt(squares / static_cast<double>(numbers.size())), 0.75 * expected);
}

TEST_P(Quantize, NumbersTooSmallForItsStepsBecomeNothing) {
  std::vector<float> numbers(256);
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = (i % 2 == 0 ? 1e-41f : -2e-42f) * static_cast<float>(i % 7);
  for (const float number : read_back(GetParam(), blocks_of(GetParam(), numbers), numbers.size()))
    EXPECT_LE(std::abs(number), 1e-40f);
}

std::string name_of_case(const ::testing::TestParamInfo<DType>& test) {
  return std::string(name_of(test.param));
}

const auto kBlocks = ::testing::Values(DType::kQ8_0, DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1,
                                       DType::kQ4_K, DType::kQ5_K, DType::kQ6_K);
INSTANTIATE_TEST_SUITE_P(Blocks, Quantize, kBlocks, name_of_case);
INSTANTIATE_TEST_SUITE_P(Blocks, QuantizeBlocks, kBlocks, name_of_case);
INSTANTIATE_TEST_SUITE_P(Halves, Quantize, ::testing::Values(DType::kF16, DType::kBF16), name_of_case);

}  // namespace
}  // namespace auris
