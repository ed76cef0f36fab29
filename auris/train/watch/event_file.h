#pragma once
// Scalars for TensorBoard: its event file, records of TFRecord framing (length, masked CRC-32C of it, data,
// masked CRC-32C of them) that hold messages of tensorflow/core/util/event.proto.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>

namespace auris::train {

// Castagnoli's polynomial, reflected (RFC 3720, B.4).
uint32_t crc32c(std::span<const std::byte> bytes);

class EventFile {
 public:
  // TensorBoard shows files whose names hold "tfevents".
  static constexpr const char* kFileName = "events.out.tfevents.auris";

  // Begins the file anew. `begin_s`: when the run began, seconds since 1970. kInput if it cannot be written.
  EventFile(const std::filesystem::path& path, double begin_s);

  // Figures that are not finite are left out. In the file when it returns, but not flushed to the disk.
  void add(int64_t step, double time_s, const std::map<std::string, double>& scalars);

 private:
  void write(const std::string& message);

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace auris::train
