#pragma once
// What this process still says when it is told to end (SIGTERM), as mpirun and Slurm tell all processes of
// which one has died. It ends at once.

#include <string>

namespace auris::apps {

// To stderr, as a line. The newest text counts; at most 511 bytes of it.
void set_last_words(const std::string& text);

}  // namespace auris::apps
