// libauris_torch.so: the torch backend for programs that do not link LibTorch (backend_module.h).

#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/headeronly/version.h>

#include "auris/base/thread_pool.h"
#include "auris/tensor/backend/backend_module.h"
#include "auris/tensor/backend/torch/guarded_backend.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_threads.h"

namespace auris {
namespace {

std::string library() { return "LibTorch " TORCH_VERSION; }

int gpus() { return at::detail::getCUDAHooks().getNumGPUs(); }

void expect_gpu(const DeviceChoice& choice) {
  const auto fail = [&](std::string expected, std::string got, std::string hint) {
    throw Error(ErrorCode::kUsage, {.where = "device",
                                    .expected = std::move(expected) + " for " + to_string(choice),
                                    .got = std::move(got),
                                    .hint = std::move(hint)});
  };
  if (!at::detail::getCUDAHooks().hasCUDART()) {
    fail("a LibTorch with CUDA", library() + " without it",
         "build with one (cmake -DAURIS_LIBTORCH=FOLDER), or --device torch for the processor");
  }
  const int count = gpus();
  if (count == 0) fail("a GPU", "none", "nvidia-smi tells what the driver sees");
  if (choice.gpu >= count) fail("a number below " + std::to_string(count), std::to_string(choice.gpu), "");
}

void open(const DeviceChoice& choice) {
  set_torch_threads(compute_threads());
  const Device device = choice.device;
  if (device == Device::kCuda) expect_gpu(choice);
  const int gpu = device == Device::kCuda && choice.gpu < 0 ? 0 : choice.gpu;
  register_backend(device, guarded_backend(std::make_unique<TorchBackend>(device, gpu), device));
}

constexpr BackendModule kModule = {
    .interface_id = kModuleInterface, .library = library, .gpus = gpus, .open = open};

}  // namespace
}  // namespace auris

extern "C" const auris::BackendModule* auris_backend_module() { return &auris::kModule; }
