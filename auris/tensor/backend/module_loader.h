#pragma once
// Finds and loads the module with the torch backend.

#include <filesystem>
#include <optional>

#include "auris/tensor/backend/backend_module.h"

namespace auris {

// The file that $AURIS_TORCH_MODULE names, whether it is there or not; else libauris_torch.so beside the
// program or where Auris is installed (../lib/auris from there). nullopt if there is none.
std::optional<std::filesystem::path> find_torch_module();

// Loads it and keeps it loaded. Throws kUsage for no module, for what is no module, for one that was built
// from other headers, and for one whose own libraries are missing.
const BackendModule& load_backend_module(const std::filesystem::path& file);

// The module that find_torch_module() finds, loaded once.
const BackendModule& torch_module();

}  // namespace auris
