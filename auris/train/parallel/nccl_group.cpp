#include "auris/train/parallel/nccl_group.h"

#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#include <nccl.h>

#include <string>
#include <utility>

#include <fmt/format.h>

namespace auris::train {
namespace {

[[noreturn]] void fail(const char* doing, const std::string& got) {
  throw Error(ErrorCode::kNetwork, {.where = "processes on GPUs",
                                    .expected = fmt::format("{} to succeed", doing),
                                    .got = got,
                                    .hint = "NCCL_DEBUG=INFO lets NCCL tell more"});
}

void check(cudaError_t result, const char* doing) {
  if (result != cudaSuccess) fail(doing, cudaGetErrorString(result));
}

void check(ncclResult_t result, const char* doing) {
  if (result != ncclSuccess && result != ncclInProgress) fail(doing, ncclGetErrorString(result));
}

// Moments of streams, without their times.
class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "making an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // What `later` is given from now on waits for what `earlier` was given until now.
  void order(cudaStream_t earlier, cudaStream_t later) {
    check(cudaEventRecord(event_, earlier), "marking a stream");
    check(cudaStreamWaitEvent(later, event_, 0), "waiting for a stream");
  }

 private:
  cudaEvent_t event_ = nullptr;
};

class NcclGroup final : public ProcessGroup {
 public:
  explicit NcclGroup(std::unique_ptr<ProcessGroup> control)
      : control_(std::move(control)), gpu_(choose_gpu(*control_)) {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
    begun_ = std::make_unique<Event>();
    done_ = std::make_unique<Event>();
    ncclUniqueId id{};
    if (control_->first()) check(ncclGetUniqueId(&id), "choosing a meeting point");
    control_->broadcast(std::as_writable_bytes(std::span(&id, 1)), 0);
    check(ncclCommInitRank(&all_, static_cast<int>(size()), id, static_cast<int>(rank())), "meeting");
  }
  ~NcclGroup() override {
    // Without the others, ncclCommDestroy could wait for ever.
    if (std::uncaught_exceptions() == 0) {
      ncclCommDestroy(all_);
    } else {
      ncclCommAbort(all_);
    }
    begun_.reset();
    done_.reset();
    cudaStreamDestroy(stream_);
  }
  NcclGroup(const NcclGroup&) = delete;
  NcclGroup& operator=(const NcclGroup&) = delete;

  int64_t rank() const override { return control_->rank(); }
  int64_t size() const override { return control_->size(); }
  int64_t rank_here() const override { return control_->rank_here(); }
  int64_t size_here() const override { return control_->size_here(); }
  void sum(std::span<double> values) override { control_->sum(values); }
  void broadcast(std::span<std::byte> bytes, int64_t from) override { control_->broadcast(bytes, from); }
  void barrier() override { control_->barrier(); }

  void begin_sum(std::span<float> values) override {
    follow();
    check(ncclAllReduce(values.data(), values.data(), values.size(), ncclFloat32, ncclSum, all_, stream_),
          "a sum");
  }
  void begin_broadcast(std::span<float> values, int64_t from) override {
    follow();
    check(ncclBroadcast(values.data(), values.data(), values.size(), ncclFloat32, static_cast<int>(from),
                        all_, stream_),
          "a broadcast");
  }
  // The GPU goes on by itself; what went wrong on the way is told here.
  void progress() override {
    ncclResult_t result = ncclSuccess;
    check(ncclCommGetAsyncError(all_, &result), "asking how sums go");
    check(result, "a sum");
  }
  void wait() override {
    progress();
    done_->order(stream_, torch_stream());
  }

  [[noreturn]] void abort(const Error& error, int status) override { control_->abort(error, status); }

 private:
  static int choose_gpu(const ProcessGroup& control) {
    int gpus = 0;
    check(cudaGetDeviceCount(&gpus), "counting GPUs");
    // Slurm may give each process a GPU that only this one sees.
    const int64_t gpu = gpus == 1 ? 0 : control.rank_here();
    if (gpu >= gpus) {
      throw Error(ErrorCode::kUsage, {.where = "processes on GPUs",
                                      .expected = "a GPU for each process of a machine",
                                      .got = fmt::format("{} GPUs, {} processes", gpus, control.size_here()),
                                      .hint = "start as many processes on each machine as it has GPUs"});
    }
    check(cudaSetDevice(static_cast<int>(gpu)), "choosing a GPU");
    return static_cast<int>(gpu);
  }

  // The stream that computes: gradients are finished there, and read there again.
  cudaStream_t torch_stream() const {
    return c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(gpu_)).stream();
  }
  // What is begun now comes behind what has been computed until now.
  void follow() { begun_->order(torch_stream(), stream_); }

  std::unique_ptr<ProcessGroup> control_;
  int gpu_;
  cudaStream_t stream_ = nullptr;  // of all sums and broadcasts
  std::unique_ptr<Event> begun_, done_;
  ncclComm_t all_ = nullptr;
};

}  // namespace

std::unique_ptr<ProcessGroup> make_nccl_group(std::unique_ptr<ProcessGroup> control) {
  return std::make_unique<NcclGroup>(std::move(control));
}

}  // namespace auris::train
