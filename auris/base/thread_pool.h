#pragma once
// The compute threads of the process. Kernels split their work with parallel_for; everything else (HTTP,
// files) uses its own threads. Workers spin for some microseconds after a job, because the next kernel
// usually comes at once, then sleep.

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>

namespace auris {

// How many threads parallel_for uses, the caller included. 0 = as many as the process may run on at once (the
// default). Must not be called while a parallel_for runs.
void set_compute_threads(int threads);
int compute_threads();

namespace detail {
void parallel_for(int64_t count, void* context, void (*invoke)(void* context, int64_t index));
}

// Calls body(index) for each index in [0, count), each exactly once, on up to compute_threads() threads, and
// returns when all are done. Indices are handed out one by one: make each worth a few microseconds. Scratch
// memory of a body is thread_local. Calls from within a body, and calls from a second thread while one runs,
// are safe and run serially. An exception thrown by a body is rethrown here, after the rest has finished.
// Never allocates once the threads exist.
template <typename Body>
void parallel_for(int64_t count, Body&& body) {
  using Plain = std::remove_reference_t<Body>;
  detail::parallel_for(count, const_cast<void*>(static_cast<const void*>(&body)),
                       [](void* context, int64_t index) { (*static_cast<Plain*>(context))(index); });
}

}  // namespace auris
