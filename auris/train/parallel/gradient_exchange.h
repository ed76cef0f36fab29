#pragma once
// Sums the gradients of a step over all processes, while the backward pass still computes the others.
//
//   GradientExchange exchange(parameters, processes);
//   exchange.begin();                              // instead of parameters.clear_gradients()
//   for (each micro-batch but the last) loss.backward();
//   exchange.overlap();
//   last_loss.backward();                          // sums begin as gradients get ready
//   exchange.finish();                             // gradients are those of all processes
//
// Gradients lie in buckets, in about the order in which a backward pass finishes them: from the end of the
// language model to its beginning, then the projector, then the encoder. LibTorch adds into them in place, so
// that they cost no memory of their own. A bucket's sum begins when all of its parameters have their
// gradients and the buckets before it have begun: all processes begin the same sums in the same order,
// whatever their examples are. What a pass leaves out (a projector in a batch without sound) begins in
// finish().
//
// Each bucket carries a number for every parameter: how many processes gave it a gradient. A parameter that
// none gave one has none afterwards, as if one process had computed it all.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/train/parallel/process_group.h"
#include "auris/train/parameters/parameter_set.h"

namespace auris::train {

// As large as torch's DistributedDataParallel makes them.
inline constexpr size_t kBucketBytes = size_t{25} << 20;

class GradientExchange {
 public:
  // Both must outlive it, and the parameters stay the same ones. A bucket holds parameters of at most
  // `bucket_bytes`, or one that is larger.
  GradientExchange(ParameterSet& parameters, ProcessGroup& processes, size_t bucket_bytes = kBucketBytes);
  ~GradientExchange();
  GradientExchange(const GradientExchange&) = delete;
  GradientExchange& operator=(const GradientExchange&) = delete;

  void begin();
  void overlap();
  void finish();

  size_t buckets() const { return buckets_.size(); }
  // Of the last step, how many had begun when finish() was called.
  size_t overlapped_buckets() const { return overlapped_; }

 private:
  struct Slot {  // of a parameter
    at::Tensor value = {}, gradient = {};
    size_t bucket = 0;
    bool given = false;  // a gradient, in this step
    bool ready = false;  // for the sum
  };
  struct Bucket {
    at::Tensor values;  // [gradients + slots], f32
    std::vector<size_t> slots;
    int64_t elements = 0;  // of the gradients
    size_t waiting = 0;    // slots that are not ready
  };
  class Hook;

  void fill_buckets(ParameterSet& parameters, size_t bucket_bytes);
  void allocate(Bucket& bucket);
  void take(size_t slot);  // its gradient has just been added to
  void begin_ready_sums();
  void begin_sum(Bucket& bucket);
  void drop_missing(const Bucket& bucket);

  ProcessGroup& processes_;
  size_t bucket_bytes_;
  std::vector<Slot> slots_;
  std::vector<Bucket> buckets_;
  bool overlapping_ = false;
  size_t next_ = 0;  // bucket whose sum begins next
  size_t overlapped_ = 0;
};

}  // namespace auris::train
