#include "auris/tensor/ops/recompute.h"

#include "auris/tensor/backend/backend.h"

namespace auris::ops {

Tensor recomputed(const Tensor& x, const RowFunction& body) {
  return backend_of(x.device()).recomputed(x, body);
}

}  // namespace auris::ops
