#pragma once
// Adapters: low ranks (LowRank in tensor/ops/linear.h) for chosen linear layers of a model that itself stays
// as it is, as LoRA has them (Hu et al., 2021; names of layers as in PEFT's target_modules). A file holds
// NAME.lora_a [rank, in] and NAME.lora_b [out, rank] for each layer, always in the row order of Hugging
// Face's checkpoints.

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/json_fields.h"
#include "auris/nn/load_options.h"
#include "auris/weights/checkpoint.h"

namespace auris::nn {

struct AdapterConfig {
  int64_t rank = 16;
  double alpha = 32.0;
  // "q_proj" is each layer of this name, "self_attn.q_proj" and "layers.0.self_attn.q_proj" say more.
  std::vector<std::string> layers = {};

  float scale() const { return static_cast<float>(alpha / static_cast<double>(rank)); }
  bool covers(std::string_view name) const;
};

// {"rank": 16, "alpha": 32, "layers": ["q_proj", "v_proj"]}, nothing else. Throws kModel.
AdapterConfig adapter_config_from_json(const JsonFields& fields);
nlohmann::ordered_json adapter_config_to_json(const AdapterConfig& config);

// A new adapter that changes nothing yet: A uniform in +-1/sqrt(in) (PEFT's initialisation), B zero. Each
// layer's numbers depend on its name and the seed alone.
AdapterSource fresh_adapter(const AdapterConfig& config, uint64_t seed);

// The adapter in a checkpoint, whose tensors have `prefix` before the names asked for. Remembers what was
// asked for; not thread-safe.
class StoredAdapter {
 public:
  // Throws kModel if a tensor of it lies beside a layer that the config does not name. `other`: the prefix of
  // another adapter in the same checkpoint, whose tensors are not looked at; empty for none.
  StoredAdapter(std::shared_ptr<const weights::Checkpoint> checkpoint, AdapterConfig config,
                std::string prefix = "", std::string other = "");

  // f32 copies. Throws kModel if a covered layer's tensors are missing or do not fit.
  LowRank find(std::string_view name, LinearSize size);
  // After the model was loaded: throws kModel for tensors that no layer asked for and for layers of the
  // config that the model does not have.
  void expect_all_used() const;

 private:
  bool is_own(std::string_view name) const;

  std::shared_ptr<const weights::Checkpoint> checkpoint_;
  AdapterConfig config_;
  std::string prefix_, other_;
  std::set<std::string, std::less<>> asked_;  // every layer of the model, without prefix
};
// The same as a source, which keeps it alive.
AdapterSource source_of(const std::shared_ptr<StoredAdapter>& adapter);

// Whether a tensor of this name belongs to an adapter.
bool is_adapter_tensor(std::string_view name);

}  // namespace auris::nn
