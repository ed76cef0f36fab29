#pragma once

#include <string_view>

namespace auris::eval {

std::string_view report_script();  // report.js

}  // namespace auris::eval
