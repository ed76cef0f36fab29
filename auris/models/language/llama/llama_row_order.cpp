#include "auris/models/language/llama/llama_row_order.h"

namespace auris::models {

std::shared_ptr<const std::vector<int32_t>> llama_row_order(const LlamaConfig& config, int heads) {
  if (config.rope_style != RopeStyle::kInterleaved) return nullptr;
  const int half = config.head_dim / 2;
  auto order = std::make_shared<std::vector<int32_t>>();
  for (int head = 0; head < heads; ++head) {
    for (int pair = 0; pair < half; ++pair) {  // elements 2 i and 2 i + 1 were i and i + half
      order->push_back(head * config.head_dim + pair);
      order->push_back(head * config.head_dim + pair + half);
    }
  }
  return order;
}

}  // namespace auris::models
