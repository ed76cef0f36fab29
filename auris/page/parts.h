#pragma once
// What every page carries, built into the library.

#include <string_view>

namespace auris::page {

std::string_view chart_library();  // Apache ECharts with its licence notice (tools/fetch_chart_library.py)
std::string_view page_style();     // page.css
std::string_view page_script();    // page.js

}  // namespace auris::page
