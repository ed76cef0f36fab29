#include "auris/train/parallel/join_processes.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "auris/train/parallel/mpi_group.h"
#include "auris/train/parallel/nccl_group.h"

namespace auris::train {

std::optional<int64_t> launched_processes() {
  // OpenMPI's mpirun; MPICH's, and Slurm by PMI-2; Slurm's srun. In this order, since mpirun starts its
  // daemons on other machines by srun.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const char* value = std::getenv(name);
    if (value == nullptr) continue;
    const std::string_view text = value;
    int64_t processes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), processes);
    if (error == std::errc() && end == text.data() + text.size() && processes > 0) return processes;
  }
  return std::nullopt;
}

std::unique_ptr<ProcessGroup> join_processes(Device device) {
  const int64_t launched = launched_processes().value_or(1);
  if (launched == 1) return std::make_unique<AloneGroup>();
  std::unique_ptr<ProcessGroup> group = make_mpi_group();
  if (group->size() != launched) {
    throw Error(ErrorCode::kUsage,
                {.where = "processes",
                 .expected = fmt::format("the {} that were started", launched),
                 .got = fmt::format("{} that MPI knows of", group->size()),
                 .hint = "start with the mpirun of the MPI that Auris is built with, or srun --mpi=pmix"});
  }
  return device == Device::kCuda ? make_nccl_group(std::move(group)) : std::move(group);
}

}  // namespace auris::train
