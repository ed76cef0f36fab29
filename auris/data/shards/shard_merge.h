#pragma once
// Joins what several processes built.

#include <filesystem>
#include <vector>

namespace auris::data {

// Joins finished folders, in the order given, into a new one: shards are renumbered, linked (or copied to
// another file system), and get one index. The parts stay as they are. kInput, before anything is made, if a
// part is missing, unfinished or damaged, or if `folder` is finished already; kUsage without parts. What was
// interrupted is joined by doing it again.
void merge_shards(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& folder);

}  // namespace auris::data
