#pragma once
// The commands of `auris data` that have files of their own.

#include <nlohmann/json.hpp>

#include "apps/program.h"
#include "auris/base/atomic_file.h"

namespace auris::apps {

void write_json_line(AtomicFile& file, const nlohmann::ordered_json& value);

// "i/n": one of several processes. kUsage, naming `where`, for a text in another form.
struct Part {
  int64_t index = 0, count = 1;
};
Part part_of(const std::string& text, const char* where);

void add_data_check(Program& program, CLI::App* group);
void add_data_croissant(Program& program, CLI::App* group);
void add_data_export(Program& program, CLI::App* group);
void add_data_respond(Program& program, CLI::App* group);
void add_data_speak(Program& program, CLI::App* group);

}  // namespace auris::apps
