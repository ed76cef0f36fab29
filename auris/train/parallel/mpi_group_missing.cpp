// In the place of mpi_group.cpp where MPI was not found.

#include "auris/train/parallel/mpi_group.h"

namespace auris::train {

std::unique_ptr<ProcessGroup> make_mpi_group() {
  throw Error(ErrorCode::kUsage, {.where = "processes",
                                  .expected = "an Auris with MPI, to train by several processes",
                                  .got = "one that is built without it",
                                  .hint = "install libopenmpi-dev and openmpi-bin, then build again"});
}

}  // namespace auris::train
