#include "auris/tensor/backend/cpu/cpu_backend.h"

namespace auris {

Backend& cpu_backend() {
  static CpuBackend backend;
  return backend;
}

}  // namespace auris
