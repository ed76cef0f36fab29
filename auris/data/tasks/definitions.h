#pragma once
// The text of definitions/*.toml and wordings/*.toml, which is part of the library.

#include <string_view>
#include <utility>
#include <vector>

namespace auris::data {

// (file name, text)
std::vector<std::pair<std::string_view, std::string_view>> builtin_task_definitions();
std::vector<std::pair<std::string_view, std::string_view>> builtin_wordings();

}  // namespace auris::data
