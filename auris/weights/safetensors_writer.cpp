#include "auris/weights/safetensors_writer.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/atomic_file.h"
#include "auris/weights/parsed_file.h"
#include "auris/weights/safetensors.h"

namespace auris::weights {
namespace {

constexpr size_t kHeaderAlignment = 8;

// The reference implementation's order of types: by element size, in the order of its enumeration.
int type_order(DType dtype) {
  switch (dtype) {
    case DType::kF32: return 0;
    case DType::kI32: return 1;
    case DType::kBF16: return 2;
    case DType::kF16: return 3;
    default: return 4;
  }
}

[[noreturn]] void fail_usage(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage,
              {.where = "safetensors writer", .expected = expected, .got = got, .hint = ""});
}

void check(const NamedTensor& entry) {
  std::string problem = entry.name == "__metadata__" ? "a reserved name" : name_problem(entry.name);
  if (!entry.tensor.defined() || entry.tensor.bytes() == 0) {
    problem = "no elements";
  } else if (safetensors_type(entry.tensor.dtype()) == nullptr) {
    problem = fmt::format("type {}", auris::name_of(entry.tensor.dtype()));
  }
  if (!problem.empty())
    fail_usage(fmt::format("tensor {} as safetensors can hold it", quoted(entry.name)), problem);
}

std::vector<const NamedTensor*> in_file_order(std::span<const NamedTensor> tensors) {
  std::vector<const NamedTensor*> order;
  std::set<std::string_view> names;
  for (const NamedTensor& entry : tensors) {
    check(entry);
    if (!names.insert(entry.name).second) fail_usage("each tensor name once", quoted(entry.name) + " twice");
    order.push_back(&entry);
  }
  std::ranges::sort(order, [](const NamedTensor* a, const NamedTensor* b) {
    return std::pair(type_order(a->tensor.dtype()), a->name) <
           std::pair(type_order(b->tensor.dtype()), b->name);
  });
  return order;
}

std::string header_of(const std::vector<const NamedTensor*>& order,
                      const std::map<std::string, std::string>& metadata) {
  for (const auto& [key, value] : metadata) {
    if (!is_utf8(key) || !is_utf8(value)) fail_usage("metadata in UTF-8", "other bytes under " + quoted(key));
  }
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  size_t offset = 0;
  for (const NamedTensor* entry : order) {
    const Tensor& tensor = entry->tensor;
    auto& fields = header[entry->name];
    fields["dtype"] = safetensors_type(tensor.dtype());
    fields["shape"] = nlohmann::json::array();
    for (int axis = 0; axis < tensor.shape().rank(); ++axis) fields["shape"].push_back(tensor.shape()[axis]);
    fields["data_offsets"] = {offset, offset + tensor.bytes()};
    offset += tensor.bytes();
  }
  std::string text = header.dump();
  text.resize((text.size() + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<const NamedTensor*> order = in_file_order(tensors);
  std::string header = header_of(order, metadata);
  uint64_t header_bytes = header.size();
  AtomicFile file(path, ErrorCode::kUsage);
  file.write(std::as_bytes(std::span(&header_bytes, 1)));
  file.write(std::as_bytes(std::span(header)));
  for (const NamedTensor* entry : order) file.write({entry->tensor.data<std::byte>(), entry->tensor.bytes()});
  file.commit();
}

}  // namespace auris::weights
