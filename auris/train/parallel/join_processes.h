#pragma once
// The group that this process was started in.
//
//   const auto processes = join_processes(Device::kTorch);   // once, at the start of the program

#include <cstdint>
#include <memory>
#include <optional>

#include "auris/tensor/device.h"
#include "auris/train/parallel/process_group.h"

namespace auris::train {

// How many processes mpirun or Slurm says that it started; none without them.
std::optional<int64_t> launched_processes();

// A process that no launcher started, or as the only one, is alone and knows no MPI. Others meet by MPI, and
// on GPUs (kCuda) reduce by NCCL, each on a GPU of its own. Throws kUsage if Auris is built without what that
// takes, or if the launcher belongs to another MPI, so that processes do not find each other.
std::unique_ptr<ProcessGroup> join_processes(Device device);

}  // namespace auris::train
