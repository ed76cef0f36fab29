#pragma once
// For tests: an adapter that changes a model, unlike a fresh one.

#include <string>

#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/nn/adapter.h"

namespace auris::models::testing {

inline nn::AdapterSource random_adapter(const nn::AdapterConfig& config, uint64_t seed) {
  return [fresh = nn::fresh_adapter(config, seed), seed](std::string_view name, nn::LinearSize size) {
    LowRank low = fresh(name, size);
    if (!low.defined()) return low;
    Rng rng(stable_hash(std::string(name) + ".b", seed));
    for (float& value : low.b.span<float>()) value = static_cast<float>(0.5 * rng.normal());
    return low;
  };
}

}  // namespace auris::models::testing
