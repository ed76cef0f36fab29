#pragma once
// Processes that meet and reduce by MPI, on CPUs.

#include <memory>

#include "auris/train/parallel/process_group.h"

namespace auris::train {

// Sums and broadcasts at once, at most. The schedule of a sum in OpenMPI holds a copy of its values.
inline constexpr size_t kMostInFlight = 8;

// All processes that were started together; once in a program. What MPI reports is an Error from here on. The
// group says good-bye when it is destroyed, unless an exception is on its way: then the others shall not take
// this process for a finished one. kUsage without MPI.
std::unique_ptr<ProcessGroup> make_mpi_group();

}  // namespace auris::train
