#include "auris/weights/gguf_writer.h"

#include <array>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "auris/weights/parsed_file.h"

namespace auris::weights {
namespace {

constexpr uint32_t kVersion = 3;

[[noreturn]] void fail_usage(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "gguf writer", .expected = expected, .got = got, .hint = ""});
}

void check(const TensorInfo& info) {
  std::string problem = name_problem(info.name);
  const Shape& shape = info.shape;
  if (shape.rank() == 0 || shape.elements() == 0) {
    problem = "no elements";
  } else if (shape[-1] % info_of(info.dtype).block_elements != 0) {
    problem = fmt::format("rows of {} elements for type {}", shape[-1], auris::name_of(info.dtype));
  }
  if (!problem.empty()) fail_usage(fmt::format("tensor {} as GGUF can hold it", quoted(info.name)), problem);
}

uint64_t bytes_of(const TensorInfo& info) {
  const DTypeInfo& type = info_of(info.dtype);
  return static_cast<uint64_t>(info.shape.elements() / type.block_elements) *
         static_cast<uint64_t>(type.block_bytes);
}

uint64_t aligned(uint64_t bytes) {
  return (bytes + gguf::kDefaultAlignment - 1) / gguf::kDefaultAlignment * gguf::kDefaultAlignment;
}

template <typename T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<uint64_t>(text.size()));
  out += text;
}

std::string header_of(const GgufMetadata& metadata, const std::vector<TensorInfo>& tensors) {
  if (metadata.contains("general.alignment")) fail_usage("the format's own alignment", "general.alignment");
  std::set<std::string_view> names;
  std::string header = "GGUF";
  put(header, kVersion);
  put(header, static_cast<uint64_t>(tensors.size()));
  put(header, metadata.count());
  header += metadata.bytes();
  uint64_t offset = 0;
  for (const TensorInfo& info : tensors) {
    check(info);
    if (!names.insert(info.name).second) fail_usage("each tensor name once", quoted(info.name) + " twice");
    put_text(header, info.name);
    put(header, static_cast<uint32_t>(info.shape.rank()));
    for (int axis = info.shape.rank() - 1; axis >= 0; --axis)
      put(header, static_cast<uint64_t>(info.shape[axis]));
    put(header, gguf::type_number(info.dtype));
    put(header, offset);
    offset += aligned(bytes_of(info));
  }
  return header;
}

}  // namespace

void GgufMetadata::begin(std::string_view key, gguf::ValueType type) {
  if (const std::string problem = name_problem(key); !problem.empty())
    fail_usage("a key for a value", problem);
  if (!keys_.emplace(key).second) fail_usage("each key once", quoted(key) + " twice");
  put_text(key);
  put(static_cast<uint32_t>(type));
}

GgufWriter::GgufWriter(const std::filesystem::path& path, const GgufMetadata& metadata,
                       const std::vector<TensorInfo>& tensors)
    : file_(path, ErrorCode::kInput) {
  const std::string header = header_of(metadata, tensors);
  for (const TensorInfo& info : tensors) sizes_.push_back(bytes_of(info));
  put(std::as_bytes(std::span(header)));
  pad();
}

void GgufWriter::write(std::span<const std::byte> bytes) {
  AURIS_CHECK(tensor_ < sizes_.size() && bytes.size() <= sizes_[tensor_] - written_);
  put(bytes);
  written_ += bytes.size();
  if (written_ < sizes_[tensor_]) return;
  pad();
  ++tensor_;
  written_ = 0;
}

void GgufWriter::commit() {
  AURIS_CHECK(tensor_ == sizes_.size());
  file_.commit();
}

void GgufWriter::put(std::span<const std::byte> bytes) {
  file_.write(bytes);
  position_ += bytes.size();
}

void GgufWriter::pad() {
  constexpr std::array<std::byte, gguf::kDefaultAlignment> kZeros{};
  put(std::span(kZeros).first(aligned(position_) - position_));
}

}  // namespace auris::weights
