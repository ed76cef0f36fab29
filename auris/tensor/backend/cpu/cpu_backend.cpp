#include "auris/tensor/backend/backend.h"

namespace auris {

Backend& cpu_backend() { return plain_backend(); }

}  // namespace auris
