#include "auris/weights/safetensors.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "auris/base/checked.h"
#include "auris/weights/byte_reader.h"
#include "auris/weights/safetensors_header.h"

namespace auris::weights {
namespace {

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the reference implementation's bound

// Types without a DType are known only so that their byte ranges can be checked.
struct SafetensorsType {
  const char* name;
  uint32_t bits;
  std::optional<DType> dtype;
};
const SafetensorsType kTypes[] = {
    {"F32", 32, DType::kF32},     {"F16", 16, DType::kF16},     {"BF16", 16, DType::kBF16},
    {"I32", 32, DType::kI32},     {"I8", 8, DType::kI8},        {"BOOL", 8, std::nullopt},
    {"U8", 8, std::nullopt},      {"F8_E5M2", 8, std::nullopt}, {"F8_E4M3", 8, std::nullopt},
    {"F8_E8M0", 8, std::nullopt}, {"F4", 4, std::nullopt},      {"F6_E2M3", 6, std::nullopt},
    {"F6_E3M2", 6, std::nullopt}, {"I16", 16, std::nullopt},    {"U16", 16, std::nullopt},
    {"U32", 32, std::nullopt},    {"F64", 64, std::nullopt},    {"I64", 64, std::nullopt},
    {"U64", 64, std::nullopt},    {"C64", 64, std::nullopt},
};

const SafetensorsType& type_of(const SafetensorsEntry& entry) {
  for (const SafetensorsType& type : kTypes) {
    if (entry.dtype == type.name) return type;
  }
  fail_model("safetensors", fmt::format("a known dtype for tensor {}", quoted(entry.name)),
             quoted(entry.dtype));
}

// Zero extents are allowed by the format and mean a tensor without bytes.
uint64_t bytes_of(const SafetensorsEntry& entry, const SafetensorsType& type) {
  if (std::ranges::find(entry.extents, 0u) != entry.extents.end()) return 0;
  uint64_t elements = checked_tensor_bytes("safetensors", entry.name, entry.extents, 1, 1);
  auto bits = checked_mul(elements, type.bits);
  if (!bits || *bits % 8 != 0) {
    fail_model("safetensors", fmt::format("a sane shape for tensor {}", quoted(entry.name)),
               extents_text(entry.extents));
  }
  return *bits / 8;
}

std::string why_unreadable(const SafetensorsEntry& entry, const SafetensorsType& type, uint64_t bytes) {
  if (!type.dtype) return fmt::format("type {}", type.name);
  if (bytes == 0) return fmt::format("type {} with no elements", type.name);
  if (entry.extents.size() > Shape::kMaxRank) return fmt::format("{} dimensions", entry.extents.size());
  return "";
}

void place(SafetensorsEntry& entry, std::span<const std::byte> data, uint64_t& free_from, ParsedFile& file) {
  const SafetensorsType& type = type_of(entry);
  uint64_t bytes = bytes_of(entry, type);
  auto [begin, end] = entry.offsets;
  if (begin > end || end - begin != bytes) {
    fail_model("safetensors",
               fmt::format("{} bytes for tensor {} of type {} and shape {}", bytes, quoted(entry.name),
                           type.name, extents_text(entry.extents)),
               fmt::format("offsets {} to {}", begin, end));
  }
  if (begin != free_from) {
    fail_model(
        "safetensors",
        fmt::format("tensor {} at offset {}, right behind the one before", quoted(entry.name), free_from),
        fmt::format("offset {}", begin));
  }
  if (!fits(begin, bytes, data.size())) {
    fail_model("safetensors",
               fmt::format("tensor {} up to offset {} inside the file", quoted(entry.name), end),
               fmt::format("{} bytes of data", data.size()),
               "the file is damaged or was cut short; download it again");
  }
  free_from = end;
  std::string reason = why_unreadable(entry, type, bytes);
  if (!reason.empty()) {
    file.unreadable.push_back({std::move(entry.name), std::move(reason)});
    return;
  }
  std::vector<int64_t> extents(entry.extents.begin(), entry.extents.end());
  file.tensors.push_back({{std::move(entry.name), *type.dtype, Shape(std::span<const int64_t>(extents))},
                          data.subspan(begin, bytes)});
}

}  // namespace

ParsedFile parse_safetensors(std::span<const std::byte> bytes) {
  ByteReader reader(bytes, "safetensors");
  auto header_bytes = reader.read<uint64_t>("header size");
  if (header_bytes > kMaxHeaderBytes) {
    fail_model("safetensors", fmt::format("a header of at most {} bytes", kMaxHeaderBytes),
               fmt::format("{} bytes", header_bytes));
  }
  std::string_view text = reader.text(header_bytes, "header");
  if (!text.starts_with('{')) fail_model("safetensors", "a header that starts with {", "something else");
  SafetensorsHeader header = parse_safetensors_header(text);

  std::unordered_set<std::string_view> names;
  for (const SafetensorsEntry& entry : header.entries) {
    if (!names.insert(entry.name).second) {
      fail_model("safetensors", "each tensor name once", fmt::format("{} twice", quoted(entry.name)));
    }
  }
  ParsedFile file;
  if (!header.metadata.empty()) file.metadata["__metadata__"] = header.metadata;
  auto data = bytes.subspan(reader.position());
  std::ranges::stable_sort(header.entries, {}, &SafetensorsEntry::offsets);
  uint64_t free_from = 0;
  for (SafetensorsEntry& entry : header.entries) place(entry, data, free_from, file);
  if (free_from != data.size()) {
    fail_model("safetensors", fmt::format("{} bytes of tensors", free_from),
               fmt::format("{} bytes", data.size()), "the file is damaged; download it again");
  }
  return file;
}

const char* safetensors_type(DType dtype) {
  for (const SafetensorsType& type : kTypes) {
    if (type.dtype == dtype) return type.name;
  }
  return nullptr;
}

}  // namespace auris::weights
