// auris version: the version, the compiler, and what this build can do.

#include "auris/base/version.h"
#include "apps/program.h"

namespace auris::apps {

void add_version(Program& program) {
  program.add_command("version", "Print the version", [&program] {
    if (program.common.json) {
      print_json_line({{"name", "auris"}, {"version", kVersion}, {"compiler", __VERSION__}});
    } else {
      print_line(std::string("auris ") + kVersion);
    }
    return 0;
  });
}

}  // namespace auris::apps
