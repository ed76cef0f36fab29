#pragma once
// The commands of `auris data` that have files of their own.

#include <nlohmann/json.hpp>

#include "apps/program.h"
#include "auris/base/atomic_file.h"

namespace auris::apps {

void write_json_line(AtomicFile& file, const nlohmann::ordered_json& value);

void add_data_check(Program& program, CLI::App* group);
void add_data_croissant(Program& program, CLI::App* group);
void add_data_export(Program& program, CLI::App* group);
void add_data_respond(Program& program, CLI::App* group);
void add_data_speak(Program& program, CLI::App* group);

}  // namespace auris::apps
