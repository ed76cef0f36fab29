# What trains by several processes links: MPI, and NCCL for GPUs. Sets AURIS_HAS_MPI, AURIS_HAS_NCCL,
# AURIS_PARALLEL_LIBRARIES and AURIS_MPIRUN. Without them training is built too, and refuses to start as one of several;
# without LibTorch there is none.

set(AURIS_MPI AUTO CACHE STRING "Train by several processes, with MPI: AUTO (where it is found), ON or OFF")

if(NOT AURIS_HAS_TORCH)
  return()
endif()
set(AURIS_HAS_MPI OFF)
set(AURIS_HAS_NCCL OFF)
set(AURIS_PARALLEL_LIBRARIES)
string(TOUPPER "${AURIS_MPI}" auris_mpi_wanted)
if(auris_mpi_wanted STREQUAL "AUTO")
  find_package(MPI QUIET COMPONENTS C)
elseif(auris_mpi_wanted)
  find_package(MPI REQUIRED COMPONENTS C)
endif()
if(TARGET MPI::MPI_C)
  set(AURIS_HAS_MPI ON)
  list(APPEND AURIS_PARALLEL_LIBRARIES MPI::MPI_C)
  # For tests: as many processes as they want, on whatever machine, as whatever user.
  set(AURIS_MPIRUN ${MPIEXEC_EXECUTABLE} --oversubscribe --allow-run-as-root --bind-to none)
endif()

# With a LibTorch for GPUs only: its streams are what sums follow.
if(AURIS_HAS_MPI AND EXISTS "${libtorch}/lib/libtorch_cuda.so")
  find_package(CUDAToolkit QUIET)
  # LibTorch's Python package brings NCCL as a package of its own beside it.
  find_path(AURIS_NCCL_INCLUDE nccl.h HINTS "${libtorch}/../nvidia/nccl/include")
  find_library(AURIS_NCCL_LIBRARY NAMES nccl libnccl.so.2 HINTS "${libtorch}/../nvidia/nccl/lib")
  if(CUDAToolkit_FOUND AND AURIS_NCCL_INCLUDE AND AURIS_NCCL_LIBRARY)
    set(AURIS_HAS_NCCL ON)
    add_library(auris_nccl INTERFACE)
    target_include_directories(auris_nccl SYSTEM INTERFACE "${AURIS_NCCL_INCLUDE}")
    target_link_libraries(auris_nccl INTERFACE "${AURIS_NCCL_LIBRARY}" CUDA::cudart)
    list(APPEND AURIS_PARALLEL_LIBRARIES auris_nccl)
  endif()
endif()
message(STATUS "Training by several processes: MPI ${AURIS_HAS_MPI}, NCCL ${AURIS_HAS_NCCL}")
