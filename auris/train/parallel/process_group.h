#pragma once
// The processes that train together, each with a rank from 0 to size - 1; rank 0 is the first. One machine
// starts them or many (mpirun, Slurm); join_processes.h makes the group.
//
// What moves values (sum, broadcast, barrier, begin_..., wait) is called by all processes, in the same order
// and with as many values: a process that does not call keeps the others waiting. Sums have the same bits in
// all processes (the MPI standard demands it of MPI_Allreduce), and for the same number of processes on the
// same machines in every run.
//
// Throws kNetwork when other processes cannot be reached.

#include <cstddef>
#include <cstdint>
#include <span>

#include "auris/base/error.h"

namespace auris::train {

class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;

  virtual int64_t rank() const = 0;
  virtual int64_t size() const = 0;
  // Among the processes on the same machine.
  virtual int64_t rank_here() const = 0;
  virtual int64_t size_here() const = 0;
  bool first() const { return rank() == 0; }
  bool alone() const { return size() == 1; }

  // Of values in host memory; done when they return.
  virtual void sum(std::span<double> values) = 0;
  virtual void broadcast(std::span<std::byte> bytes, int64_t from) = 0;
  virtual void barrier() = 0;

  // Of values that lie where the parameters do: on the host, or on a GPU in a group for GPUs. They go on
  // while this process computes; nobody touches the values until wait() returns. On a GPU it is the work that
  // is given to it later that waits.
  virtual void begin_sum(std::span<float> values) = 0;
  virtual void begin_broadcast(std::span<float> values, int64_t from) = 0;
  // Lets what was begun go on: to be called now and then.
  virtual void progress() = 0;
  // Until all that was begun is done.
  virtual void wait() = 0;

  // For programs: tells `error` and ends all processes with `status`. A process alone throws it.
  [[noreturn]] virtual void abort(const Error& error, int status) = 0;

 protected:
  ProcessGroup() = default;
  ProcessGroup(const ProcessGroup&) = default;
  ProcessGroup& operator=(const ProcessGroup&) = default;
};

// One process, whose sums are what it has.
class AloneGroup final : public ProcessGroup {
 public:
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 1; }
  int64_t rank_here() const override { return 0; }
  int64_t size_here() const override { return 1; }
  void sum(std::span<double>) override {}
  void broadcast(std::span<std::byte>, int64_t) override {}
  void barrier() override {}
  void begin_sum(std::span<float>) override {}
  void begin_broadcast(std::span<float>, int64_t) override {}
  void progress() override {}
  void wait() override {}
  [[noreturn]] void abort(const Error& error, int) override { throw error; }
};

}  // namespace auris::train
