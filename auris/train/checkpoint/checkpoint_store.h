#pragma once
// Checkpoints of a training run: what is trained, the optimizer's moments and the state of everything else
// that decides what comes next, so that a run that was killed goes on to the same bits as one that never was.
//
//   FOLDER/step-00000500/parameters.safetensors   trained parameters, under the model's names
//                        optimizer.safetensors    moments (optimizer/adamw.h)
//                        state.json               step, position in the data, best evaluation, ...
//
// A checkpoint is written beside its place and renamed when all of it is on the disk: a folder named step-N
// is whole. What a kill left half-written is removed when the next one is saved.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/weights/safetensors_writer.h"

namespace auris::train {

struct CheckpointContents {
  int64_t step = 0;
  std::span<const weights::NamedTensor> parameters;  // on the host
  std::span<const weights::NamedTensor> optimizer;
  nlohmann::ordered_json state;
};

class CheckpointStore {
 public:
  static constexpr const char* kParametersName = "parameters.safetensors";
  static constexpr const char* kOptimizerName = "optimizer.safetensors";
  static constexpr const char* kStateName = "state.json";

  // `keep`: how many checkpoints stay, the newest, beside those that save() is told to keep; at least 1.
  CheckpointStore(std::filesystem::path folder, int keep);

  // On the disk when it returns; older ones are removed after that. Throws kUsage when the system refuses to
  // write: then the older ones are all still there.
  void save(const CheckpointContents& contents);
  // Steps of which there is a whole checkpoint, ascending.
  std::vector<int64_t> steps() const;
  std::filesystem::path path_of(int64_t step) const;
  // The newest, if there is one.
  std::optional<int64_t> newest() const;
  // Its state. Throws kInput if it is damaged.
  nlohmann::json state_of(int64_t step) const;

 private:
  void remove_old(int64_t newest) const;

  std::filesystem::path folder_;
  int keep_;
};

}  // namespace auris::train
