// In the place of nccl_group.cpp where CUDA or NCCL was not found.

#include "auris/train/parallel/nccl_group.h"

namespace auris::train {

std::unique_ptr<ProcessGroup> make_nccl_group(std::unique_ptr<ProcessGroup>) {
  throw Error(ErrorCode::kUsage,
              {.where = "processes",
               .expected = "an Auris with NCCL, to train by several processes on GPUs",
               .got = "one that is built without it",
               .hint = "build with a CUDA LibTorch, the CUDA toolkit and NCCL, or use --device torch"});
}

}  // namespace auris::train
