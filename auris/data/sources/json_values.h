#pragma once
// Metadata in JSON, a value at a time. A value that is not as the layout has it is rejected ("broken_line")
// with its place; a file that ends early or is no JSON is rejected ("broken_file") behind what was read of
// it.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "auris/base/json_fields.h"
#include "auris/data/sources/ingest.h"

namespace auris::data {

// A recording below the root and what is known about it; or, if `reason` is not empty, why it cannot be used,
// with clip.id as its name.
struct Found {
  std::filesystem::path recording = {};
  Clip clip = {};
  std::string reason = {}, detail = {};
};

// What cannot be used, by the id it would have had.
Found refused(std::string id, std::string reason, std::string detail);

// What a value gives. Its kInput errors reject the value.
using FoundIn = std::function<std::vector<Found>(const nlohmann::json& value, const std::string& name)>;

void add_found(Ingest& ingest, std::vector<Found> found);

// One object a line; `name` is "FILE, line N". gzip is unpacked.
void ingest_json_lines(Ingest& ingest, const std::filesystem::path& file, const FoundIn& found);

// The values in one large value, which need not fit into memory: of depth 1 those of the outermost object or
// array, of depth 2 those inside of them. `name` is the outermost key, or empty in arrays.
void ingest_json_values(Ingest& ingest, const std::filesystem::path& file, int depth, const FoundIn& found);

}  // namespace auris::data
