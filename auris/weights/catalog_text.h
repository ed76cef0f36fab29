#pragma once
// models/catalog.toml as it was when the library was built.

#include <string_view>

namespace auris::weights {

std::string_view builtin_catalog_text();

}  // namespace auris::weights
