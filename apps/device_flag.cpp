#include "apps/device_flag.h"

namespace auris::apps {

void add_device_flag(CLI::App& command, std::string& device) {
  command
      .add_option("--device", device,
                  "Where models compute: cpu; torch = LibTorch on the processor; cuda or cuda:N = a GPU")
      ->type_name("DEVICE")
      ->capture_default_str();
}

}  // namespace auris::apps
