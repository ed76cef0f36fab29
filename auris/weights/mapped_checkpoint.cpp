#include "auris/weights/mapped_checkpoint.h"

#include <fmt/format.h>

#include "auris/base/nearest.h"

namespace auris::weights {

std::string_view name_of(Format format) {
  switch (format) {
    case Format::kGguf: return "gguf";
    case Format::kSafetensors: return "safetensors";
    case Format::kCTranslate2: return "ctranslate2";
  }
  return "unknown";
}

void MappedCheckpoint::add(const ParsedFile& file, std::shared_ptr<const void> owner) {
  for (const ParsedTensor& tensor : file.tensors) {
    add_place(tensor.info.name, {.readable = true, .index = infos_.size()});
    infos_.push_back(tensor.info);
    bytes_.push_back({tensor.bytes, owner});
  }
  for (const UnreadableTensor& tensor : file.unreadable) {
    add_place(tensor.name, {.readable = false, .index = unreadable_.size()});
    unreadable_.push_back(tensor);
  }
  for (const auto& [alias, name] : file.aliases) {
    auto found = places_.find(name);
    if (found != places_.end()) add_place(alias, Place(found->second));
  }
}

void MappedCheckpoint::add_place(const std::string& name, Place place) {
  if (!places_.emplace(name, place).second) {
    fail_model(std::string(name_of(format_)), "each tensor name once", fmt::format("{} twice", quoted(name)));
  }
}

Tensor MappedCheckpoint::tensor(std::string_view name) const {
  std::string where(name_of(format_));
  auto found = places_.find(name);
  if (found == places_.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, place] : places_) names.push_back(known);
    fail_model(where, fmt::format("a tensor {}", quoted(name)), fmt::format("none among {}", names.size()),
               nearest_hint(name, names));
  }
  size_t index = found->second.index;
  if (!found->second.readable) {
    fail_model(where, fmt::format("tensor {} in a type that Auris computes with", quoted(name)),
               unreadable_[index].reason, "use another conversion of this model");
  }
  const TensorInfo& info = infos_[index];
  return Tensor::borrow(bytes_[index].owner, bytes_[index].bytes, info.shape, info.dtype);
}

}  // namespace auris::weights
