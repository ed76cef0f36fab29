#include "auris/tensor/backend/open_device.h"

#include <algorithm>
#include <mutex>

#include "auris/base/error.h"
#include "auris/tensor/backend/backend.h"
#include "auris/tensor/backend/module_loader.h"

namespace auris {
namespace {

// Guards `opened_gpu` and the registering of backends.
std::mutex& opening() {
  static std::mutex mutex;
  return mutex;
}

// The GPU in use; -1 = none, or the current one of a program that links LibTorch.
int opened_gpu = -1;

[[noreturn]] void fail_second_gpu(const DeviceChoice& choice) {
  throw Error(ErrorCode::kUsage,
              {.where = "device",
               .expected = "the GPU that this process computes on already",
               .got = to_string(choice),
               .hint = "a process computes on one GPU: start another, or choose by CUDA_VISIBLE_DEVICES"});
}

}  // namespace

Device open_device(std::string_view name) {
  const DeviceChoice choice = device_choice(name);
  const std::lock_guard lock(opening());
  if (!has_backend(choice.device)) {
    torch_module().open(choice);
    if (choice.device == Device::kCuda) opened_gpu = std::max(choice.gpu, 0);
  } else if (choice.gpu >= 0 && choice.gpu != opened_gpu) {
    fail_second_gpu(choice);
  }
  return choice.device;
}

std::vector<DeviceReport> report_devices() {
  DeviceReport torch{.name = "torch"}, cuda{.name = "cuda"};
  if (!find_torch_module()) {
    torch.text = cuda.text = "not there: no module with LibTorch (`make torch build`)";
    return {torch, cuda};
  }
  try {
    const BackendModule& module = torch_module();
    torch.text = module.library();
    const int gpus = module.gpus();
    cuda.text = gpus > 0 ? std::to_string(gpus) + (gpus == 1 ? " GPU" : " GPUs")
                         : "no GPU, or none that this LibTorch knows";
  } catch (const Error& error) {
    torch.broken = cuda.broken = true;
    torch.text = cuda.text = error.what();
  }
  return {torch, cuda};
}

}  // namespace auris
