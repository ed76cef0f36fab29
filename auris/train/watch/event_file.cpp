#include "auris/train/watch/event_file.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "auris/base/error.h"

namespace auris::train {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78u : 0u);
    table[i] = value;
  }
  return table;
}

// As TFRecord writes them, so that the checksum of data that hold checksums is sound.
uint32_t masked_crc(std::span<const std::byte> bytes) {
  const uint32_t crc = crc32c(bytes);
  return std::rotr(crc, 15) + 0xa282ead8u;
}

template <class Value>
void put(std::string& out, Value value) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out.append(bytes, sizeof(value));
}

// Protocol Buffers: a field's number and the kind of its value, then the value.
enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_tag(std::string& out, uint32_t field, WireType type) { put_varint(out, (field << 3) | type); }

void put_bytes(std::string& out, uint32_t field, const std::string& bytes) {
  put_tag(out, field, kBytes);
  put_varint(out, bytes.size());
  out += bytes;
}

// Event: wall_time = 1, step = 2, file_version = 3, summary = 5.
std::string event(double time_s, int64_t step) {
  std::string out;
  put_tag(out, 1, kFixed64);
  put(out, time_s);
  if (step != 0) {
    put_tag(out, 2, kVarint);
    put_varint(out, static_cast<uint64_t>(step));
  }
  return out;
}

// Summary.Value: tag = 1, simple_value = 2.
std::string scalar(const std::string& name, float value) {
  std::string out;
  put_bytes(out, 1, name);
  put_tag(out, 2, kFixed32);
  put(out, value);
  return out;
}

}  // namespace

uint32_t crc32c(std::span<const std::byte> bytes) {
  static constexpr std::array<uint32_t, 256> kTable = make_table();
  uint32_t crc = ~0u;
  for (const std::byte byte : bytes)
    crc = (crc >> 8) ^ kTable[(crc ^ std::to_integer<uint32_t>(byte)) & 0xff];
  return ~crc;
}

EventFile::EventFile(const std::filesystem::path& path, double begin_s)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {
  std::string first = event(begin_s, 0);
  put_bytes(first, 3, "brain.Event:2");
  write(first);
}

void EventFile::add(int64_t step, double time_s, const std::map<std::string, double>& scalars) {
  std::string summary;
  for (const auto& [name, value] : scalars) {
    if (std::isfinite(value)) put_bytes(summary, 1, scalar(name, static_cast<float>(value)));
  }
  std::string message = event(time_s, step);
  put_bytes(message, 5, summary);
  write(message);
}

void EventFile::write(const std::string& message) {
  std::string record;
  put(record, static_cast<uint64_t>(message.size()));
  put(record, masked_crc(std::as_bytes(std::span(record))));
  record += message;
  put(record, masked_crc(std::as_bytes(std::span(message))));
  file_.write(record.data(), static_cast<std::streamsize>(record.size()));
  if (file_.flush()) return;
  throw Error(ErrorCode::kInput, {.where = path_.filename().string(),
                                  .expected = "to write events",
                                  .got = std::strerror(errno),
                                  .hint = ""});
}

}  // namespace auris::train
