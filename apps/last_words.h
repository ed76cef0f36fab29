#pragma once
// What this process still says when it is told to end (SIGTERM), as mpirun and Slurm tell all processes of
// which one has died. It ends at once.

#include <string>

namespace auris::apps {

// To stderr, as a line. The newest text counts, at most 510 bytes of it; an empty one says nothing.
void set_last_words(const std::string& text);

}  // namespace auris::apps
