#pragma once
// The one implementation of Checkpoint: parsed files and the memory they point into.

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auris/weights/checkpoint.h"
#include "auris/weights/parsed_file.h"

namespace auris::weights {

class MappedCheckpoint final : public Checkpoint {
 public:
  MappedCheckpoint(Format format, std::filesystem::path path, nlohmann::json metadata)
      : format_(format), path_(std::move(path)), metadata_(std::move(metadata)) {}

  // Adds the tensors of one file; `owner` keeps their bytes alive. The file's metadata is not looked at.
  // Throws kModel if a name is there already.
  void add(const ParsedFile& file, std::shared_ptr<const void> owner);

  Format format() const override { return format_; }
  const std::filesystem::path& path() const override { return path_; }
  const nlohmann::json& metadata() const override { return metadata_; }
  const std::vector<TensorInfo>& tensors() const override { return infos_; }
  const std::vector<UnreadableTensor>& unreadable() const override { return unreadable_; }
  bool contains(std::string_view name) const override { return places_.contains(name); }
  Tensor tensor(std::string_view name) const override;

 private:
  struct Place {
    bool readable = true;
    size_t index = 0;  // into infos_ and bytes_, or into unreadable_
  };
  struct Bytes {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void add_place(const std::string& name, Place place);

  Format format_;
  std::filesystem::path path_;
  nlohmann::json metadata_;
  std::vector<TensorInfo> infos_;
  std::vector<Bytes> bytes_;  // beside infos_
  std::vector<UnreadableTensor> unreadable_;
  std::unordered_map<std::string, Place, Hash, std::equal_to<>> places_;
};

}  // namespace auris::weights
