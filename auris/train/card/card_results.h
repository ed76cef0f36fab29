#pragma once
// Measured results for a model card, from the reports of `auris eval report` and the scripts of
// tools/measure.

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace auris::train {

// As Markdown: of a report.json ("auris-report-1") the points of each system with their intervals, in all and
// by task; of named figures ("auris-figures-1": title, figures with name and value, all texts) a table.
// kInput, naming `where` and the field, for anything else.
std::string card_results(const nlohmann::json& results, const std::string& where);

// The same for a file.
std::string read_card_results(const std::filesystem::path& path);

}  // namespace auris::train
