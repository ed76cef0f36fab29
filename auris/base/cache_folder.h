#pragma once
// Where Auris keeps what it downloaded: $AURIS_CACHE, else $XDG_CACHE_HOME/auris, else ~/.cache/auris.

#include <filesystem>

namespace auris {

std::filesystem::path cache_folder();
// <cache>/models: one folder per model of the catalog.
std::filesystem::path model_folder();

}  // namespace auris
