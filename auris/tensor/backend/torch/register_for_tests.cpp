// Linked into test programs: registers the torch backends before main, so that the tests run on them.

#include "auris/tensor/backend/torch/torch_backend.h"

namespace {

[[maybe_unused]] const bool kRegistered = (auris::register_torch_backends(), true);

}  // namespace
