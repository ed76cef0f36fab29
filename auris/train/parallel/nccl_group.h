#pragma once
// Processes on GPUs, one GPU each: they meet by MPI, and reduce by NCCL.

#include <memory>

#include "auris/train/parallel/process_group.h"

namespace auris::train {

// `control`: the same processes by MPI, for what lies on the host. Makes the GPU of this process the current
// one: the first process of a machine gets its first GPU, and so on. kUsage without NCCL, or if a machine has
// fewer GPUs than processes.
std::unique_ptr<ProcessGroup> make_nccl_group(std::unique_ptr<ProcessGroup> control);

}  // namespace auris::train
