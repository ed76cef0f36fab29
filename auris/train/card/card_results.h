#pragma once
// Measured results for a model card, from the reports of `auris eval report`.

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace auris::train {

// The figures of a report.json ("auris-report-1") as Markdown: points of each system with their intervals, in
// all and by task. kInput, naming `where` and the field, for anything else.
std::string card_results(const nlohmann::json& report, const std::string& where);

// The same for a file.
std::string read_card_results(const std::filesystem::path& path);

}  // namespace auris::train
