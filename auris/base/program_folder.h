#pragma once
// Where the program that runs lies, and what comes with it.

#include <filesystem>

namespace auris {

// Empty if the system does not say.
std::filesystem::path program_folder();

// Files that come with Auris (share/auris of an installation, in which programs lie in bin/): $AURIS_SHARE,
// else beside the folder of the program.
std::filesystem::path share_folder();

}  // namespace auris
