#include "auris/nn/adapter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "auris/base/nearest.h"
#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/nn/parameters.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris::nn {
namespace {

constexpr std::string_view kA = ".lora_a", kB = ".lora_b";
constexpr int64_t kMaxRank = 4096;
constexpr size_t kMaxNames = 1024;

bool names_layer(std::string_view pattern, std::string_view name) {
  if (!name.ends_with(pattern)) return false;
  size_t before = name.size() - pattern.size();
  return before == 0 || name[before - 1] == '.';
}

std::string_view layer_of(std::string_view tensor) { return tensor.substr(0, tensor.size() - kA.size()); }

[[noreturn]] void fail(const weights::Checkpoint& checkpoint, std::string expected, std::string got,
                       std::string hint = "") {
  throw Error(ErrorCode::kModel, {.where = checkpoint.path().string(),
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = std::move(hint)});
}

}  // namespace

bool is_adapter_tensor(std::string_view name) { return name.ends_with(kA) || name.ends_with(kB); }

bool AdapterConfig::covers(std::string_view name) const {
  return std::any_of(layers.begin(), layers.end(),
                     [&](const std::string& pattern) { return names_layer(pattern, name); });
}

AdapterConfig adapter_config_from_json(const JsonFields& fields) {
  constexpr std::string_view kKeys[] = {"rank", "alpha", "layers"};
  fields.allow(kKeys);
  AdapterConfig config{.rank = fields.integer("rank", {1, kMaxRank}),
                       .alpha = fields.number("alpha", {1e-6, 1e6})};
  const nlohmann::json& names = fields.list("layers");
  if (names.empty() || names.size() > kMaxNames) {
    fields.fail("layers", "names of linear layers", std::to_string(names.size()) + " of them");
  }
  for (const nlohmann::json& name : names) {
    const auto* text = name.get_ptr<const std::string*>();
    if (text == nullptr || text->empty()) fields.fail("layers", "names of linear layers", name.type_name());
    config.layers.push_back(*text);
  }
  return config;
}

nlohmann::ordered_json adapter_config_to_json(const AdapterConfig& config) {
  return {{"rank", config.rank}, {"alpha", config.alpha}, {"layers", config.layers}};
}

AdapterSource fresh_adapter(const AdapterConfig& config, uint64_t seed) {
  AURIS_CHECK(config.rank >= 1);
  return [config, seed](std::string_view name, LinearSize size) -> LowRank {
    if (!config.covers(name)) return {};
    LowRank low{.a = Tensor::empty({config.rank, size.in}),
                .b = Tensor::zeros({size.out, config.rank}),
                .scale = config.scale()};
    Rng rng(stable_hash(name, seed));
    double bound = 1.0 / std::sqrt(static_cast<double>(size.in));
    for (float& value : low.a.span<float>()) value = static_cast<float>((2.0 * rng.uniform() - 1.0) * bound);
    return low;
  };
}

StoredAdapter::StoredAdapter(std::shared_ptr<const weights::Checkpoint> checkpoint, AdapterConfig config,
                             std::string prefix, std::string other)
    : checkpoint_(std::move(checkpoint)),
      config_(std::move(config)),
      prefix_(std::move(prefix)),
      other_(std::move(other)) {
  for (const weights::TensorInfo& info : checkpoint_->tensors()) {
    if (!is_own(info.name)) continue;
    std::string_view layer = layer_of(info.name);
    if (layer.starts_with(prefix_) && config_.covers(layer.substr(prefix_.size()))) continue;
    fail(*checkpoint_, "tensors of the layers that the adapter's config names", quoted(info.name));
  }
}

bool StoredAdapter::is_own(std::string_view name) const {
  return is_adapter_tensor(name) && (other_.empty() || !name.starts_with(other_));
}

LowRank StoredAdapter::find(std::string_view name, LinearSize size) {
  asked_.emplace(name);
  if (!config_.covers(name)) return {};
  Parameters parameters(checkpoint_);
  std::string full = prefix_ + std::string(name);
  // Copies: a mapped file need not be aligned, and a trainer changes them.
  return {.a = ops::to_f32(parameters.plain(full + std::string(kA), {config_.rank, size.in})),
          .b = ops::to_f32(parameters.plain(full + std::string(kB), {size.out, config_.rank})),
          .scale = config_.scale()};
}

void StoredAdapter::expect_all_used() const {
  std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const weights::TensorInfo& info : checkpoint_->tensors()) {
    if (!is_own(info.name)) continue;
    std::string_view name = layer_of(info.name).substr(prefix_.size());
    if (asked_.contains(name)) continue;
    fail(*checkpoint_, "an adapter for the linear layers of this model", quoted(info.name),
         nearest_hint(name, known));
  }
  for (const std::string& pattern : config_.layers) {
    if (std::any_of(asked_.begin(), asked_.end(),
                    [&](const std::string& name) { return names_layer(pattern, name); })) {
      continue;
    }
    std::set<std::string_view> endings;
    for (std::string_view name : known) endings.insert(name.substr(name.rfind('.') + 1));
    std::vector<std::string_view> near(endings.begin(), endings.end());
    fail(*checkpoint_, "names of linear layers in the adapter's config", quoted(pattern),
         nearest_hint(pattern, near));
  }
}

AdapterSource source_of(const std::shared_ptr<StoredAdapter>& adapter) {
  return [adapter](std::string_view name, LinearSize size) { return adapter->find(name, size); };
}

}  // namespace auris::nn
