#pragma once
// Tells models apart without reading all of their weights.

#include <filesystem>
#include <string>

namespace auris::weights {

// A short hash of names, sizes, first and last megabyte of a model's files. kModel if there are none.
std::string model_fingerprint(const std::filesystem::path& file_or_folder);

}  // namespace auris::weights
