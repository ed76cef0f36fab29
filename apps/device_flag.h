#pragma once
// --device: where the models of a command compute.

#include <string>

#include "apps/program.h"

namespace auris::apps {

// `device` goes to engine::EngineOptions or open_device().
void add_device_flag(CLI::App& command, std::string& device);

}  // namespace auris::apps
