#pragma once
// What a program and a module with a backend for it agree on. A module is a shared library that has one C
// function, auris_backend_module(), and finds all else of Auris in the program that loads it: the registry of
// backends, the compute threads, the pool of memory and the type of errors exist once
// (docs/decisions/0010). Classes cross the border, so both must be built from the same headers.

#include <string>

#include "auris/tensor/backend/device_choice.h"
#include "auris/tensor/backend/interface_id.h"

namespace auris {

// Stands for the headers, their version and the compiler: made by CMake (cmake/interface_id.cmake).
inline constexpr const char* kModuleInterface = AURIS_INTERFACE_ID " (" __VERSION__ ")";

struct BackendModule {
  // kModuleInterface as the module was built with it. First, and a plain pointer, so that it can be read
  // before anything else is believed.
  const char* interface_id;

  // What it computes with, for people: "LibTorch 2.13.0".
  std::string (*library)();
  // The GPUs it can compute on; 0 if there are none or the library is built without them.
  int (*gpus)();
  // Registers its backend for the device (register_backend). Throws kUsage, saying what is missing.
  void (*open)(const DeviceChoice& choice);
};

inline constexpr const char* kBackendModuleEntry = "auris_backend_module";
using BackendModuleEntry = const BackendModule*();

}  // namespace auris
