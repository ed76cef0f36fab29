#pragma once
// AdamW (Loshchilov and Hutter, 2019): Adam with weight decay apart from the gradient, as torch.optim.AdamW
// computes it.
//
// Parameters are updated in pieces of at most kPieceElements. Several processes can divide the moments among
// themselves (ZeRO's first stage, Rajbhandari and others, 2020): each holds those of its own pieces, updates
// these, and gives their new values to the others. What a piece becomes does not depend on who computes it:
// the bits are those of one process with the same gradients.

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/train/parallel/process_group.h"
#include "auris/train/parameters/parameter_set.h"
#include "auris/weights/checkpoint.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::train {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

// 16 MiB of f32: pieces of LLaSO's language model, 3.2e9 parameters, are shared by 64 processes within 8 %.
inline constexpr int64_t kPieceElements = int64_t{4} << 20;

class AdamW {
 public:
  // The set must outlive the optimizer, and so must the processes that divide the moments among themselves;
  // null: this process holds all of them.
  AdamW(const ParameterSet& parameters, const AdamWOptions& options, ProcessGroup* sharers = nullptr,
        int64_t piece_elements = kPieceElements);

  // One step along the gradients; parameters without one stay as they are. `factor` multiplies every
  // parameter's learning rate: the schedule's share.
  void step(double factor);
  int64_t steps() const { return steps_; }

  // The moments, as "first.NAME" and "second.NAME", on the host; of all pieces, whoever holds them. Of
  // processes that share them all call it, and the first one gets them.
  std::vector<weights::NamedTensor> state() const;
  // Throws kModel if a moment is missing or has another shape. Any number of processes may have written it.
  void restore(const weights::Checkpoint& state, int64_t steps);

  int64_t held_elements() const;  // whose moments this process holds

 private:
  struct Piece {
    size_t parameter = 0;
    int64_t begin = 0, size = 0;         // elements of the parameter
    int64_t holder = 0;                  // rank
    at::Tensor first = {}, second = {};  // [size], with the holder alone
  };

  bool holds(const Piece& piece) const;
  void update(Piece& piece, double factor) const;
  void share_values() const;
  at::Tensor gathered(size_t parameter, at::Tensor Piece::*moment) const;

  const ParameterSet& parameters_;
  AdamWOptions options_;
  ProcessGroup* sharers_;
  std::vector<Piece> pieces_;  // in the order of the parameters
  int64_t steps_ = 0;
};

}  // namespace auris::train
