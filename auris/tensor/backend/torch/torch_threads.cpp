#include "auris/tensor/backend/torch/torch_threads.h"

// Names a class Tensor of its own: what includes it includes none of ours.
#include <ATen/Parallel.h>

namespace auris {

void set_torch_threads(int threads) { at::set_num_threads(threads); }

}  // namespace auris
