#pragma once

#include <string_view>

namespace auris::data {

std::string_view audit_script();  // audit.js

}  // namespace auris::data
