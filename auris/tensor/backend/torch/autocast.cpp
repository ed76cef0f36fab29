#include "auris/tensor/backend/torch/autocast.h"

namespace auris::torch_backend {
namespace {

thread_local bool autocasting = false;

}  // namespace

Autocast::Autocast(bool enabled) : before_(autocasting) { autocasting = enabled; }
Autocast::~Autocast() { autocasting = before_; }

bool is_autocasting() { return autocasting; }

}  // namespace auris::torch_backend
