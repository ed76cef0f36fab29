#include "auris/weights/checkpoint.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"
#include "auris/weights/ctranslate2.h"
#include "auris/weights/gguf.h"
#include "auris/weights/mapped_checkpoint.h"
#include "auris/weights/safetensors.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using SharedFile = std::shared_ptr<const MappedFile>;

constexpr size_t kMaxShards = 10000;

std::string_view first_bytes(const SharedFile& file, size_t count) {
  auto bytes = file->bytes();
  return {reinterpret_cast<const char*>(bytes.data()), std::min(count, bytes.size())};
}

// What people pass by mistake, by the first bytes.
std::string describe_foreign(std::string_view head) {
  if (head.empty()) return "an empty file";
  if (head.starts_with("PK\x03\x04") || head.starts_with("\x80\x02")) {
    return "a PyTorch pickle or zip archive, which Auris never loads because it can hold code";
  }
  if (head.starts_with("version https://git-lfs"))
    return "a Git LFS pointer instead of the file it points to";
  if (head.starts_with("RIFF") || head.starts_with("fLaC") || head.starts_with("OggS") ||
      head.starts_with("ID3")) {
    return "a recording";
  }
  if (head.starts_with("<")) return "a web page";
  return "a file that starts with " + quoted(head.substr(0, 8));
}

enum class Content { kGguf, kSafetensors, kCTranslate2, kIndex, kForeign };

Content content_of(std::string_view head) {
  if (head.starts_with("GGUF")) return Content::kGguf;
  // safetensors: a u64 of at most 100,000,000, then '{'.
  if (head.size() > 8 && head[8] == '{' && head.substr(4, 4) == std::string_view("\0\0\0\0", 4))
    return Content::kSafetensors;
  // CTranslate2: a small version number, then a string of at most 255 bytes.
  if (head.size() > 6 && head[0] > 0 && head[0] < 32 && head.substr(1, 3) == std::string_view("\0\0\0", 3) &&
      head[5] == '\0') {
    return Content::kCTranslate2;
  }
  size_t brace = head.find_first_not_of(" \t\r\n");
  return brace != std::string_view::npos && head[brace] == '{' ? Content::kIndex : Content::kForeign;
}

// config.json beside the weights, an empty object without one.
json config_beside(const fs::path& file) {
  fs::path path = file.parent_path() / "config.json";
  if (!fs::exists(path)) return json::object();
  json config = read_json_file(path, ErrorCode::kModel);
  if (!config.is_object()) fail_model("config.json", "an object", config.type_name());
  return config;
}

std::shared_ptr<const Checkpoint> open_single(Format format, ParsedFile parsed, const SharedFile& file) {
  json metadata = std::move(parsed.metadata);
  if (format != Format::kGguf) {
    json config = config_beside(file->path());
    config.update(metadata);
    metadata = std::move(config);
  }
  auto checkpoint = std::make_shared<MappedCheckpoint>(format, file->path(), std::move(metadata));
  checkpoint->add(parsed, file);
  return checkpoint;
}

// The shards' names of an index, sorted. They must lie beside the index: a name with a folder in it is
// refused.
std::set<std::string> shard_names(const json& weight_map) {
  std::set<std::string> names;
  for (const auto& [tensor, shard] : weight_map.items()) {
    const auto* name = shard.get_ptr<const std::string*>();
    if (name == nullptr) fail_model("safetensors index", "a file name for each tensor", shard.type_name());
    bool plain = !name->empty() && *name != "." && *name != ".." &&
                 name->find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
    if (!plain) fail_model("safetensors index", "plain file names", quoted(*name));
    names.insert(*name);
  }
  if (names.size() > kMaxShards)
    fail_model("safetensors index", fmt::format("at most {} shards", kMaxShards), "more");
  return names;
}

std::shared_ptr<const Checkpoint> open_sharded(const fs::path& index_path) {
  json index = read_json_file(index_path, ErrorCode::kModel);
  auto weight_map = index.is_object() ? index.find("weight_map") : index.end();
  if (weight_map == index.end() || !weight_map->is_object() || weight_map->empty()) {
    fail_model("safetensors index", "an object with a weight_map", "none",
               "pass a weights file or the folder of a model");
  }
  json metadata = config_beside(index_path);
  json own_pairs = json::object();
  std::vector<std::pair<SharedFile, ParsedFile>> shards;
  for (const std::string& name : shard_names(*weight_map)) {
    SharedFile file = MappedFile::open(index_path.parent_path() / name, ErrorCode::kModel);
    shards.emplace_back(file, parse_safetensors(file->bytes()));
    const json& found = shards.back().second.metadata;
    if (found.contains("__metadata__")) own_pairs.update(found["__metadata__"]);
  }
  if (!own_pairs.empty()) metadata["__metadata__"] = own_pairs;
  auto checkpoint =
      std::make_shared<MappedCheckpoint>(Format::kSafetensors, index_path.parent_path(), std::move(metadata));
  for (const auto& [file, parsed] : shards) checkpoint->add(parsed, file);
  for (const auto& [tensor, shard] : weight_map->items()) {
    if (!checkpoint->contains(tensor)) {
      fail_model("safetensors index",
                 fmt::format("tensor {} in {}", quoted(tensor), quoted(shard.get<std::string>())), "none",
                 "the shards do not belong to this index");
    }
  }
  return checkpoint;
}

std::shared_ptr<const Checkpoint> open_file(const fs::path& path) {
  SharedFile file = MappedFile::open(path, ErrorCode::kModel);
  std::string_view head = first_bytes(file, 64);
  switch (content_of(head)) {
    case Content::kGguf: return open_single(Format::kGguf, parse_gguf(file->bytes()), file);
    case Content::kSafetensors:
      return open_single(Format::kSafetensors, parse_safetensors(file->bytes()), file);
    case Content::kCTranslate2:
      return open_single(Format::kCTranslate2, parse_ctranslate2(file->bytes()), file);
    case Content::kIndex: return open_sharded(path);
    case Content::kForeign: break;
  }
  fail_model("checkpoint", "a GGUF, safetensors or CTranslate2 file", describe_foreign(head));
}

// The only file of `folder` with this extension; empty if there is none. Throws kModel if there are several.
fs::path single_with_extension(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) found.push_back(entry.path());
  }
  if (found.empty()) return {};
  std::ranges::sort(found);
  if (found.size() > 1) {
    fail_model("checkpoint", fmt::format("one {} file in the folder", extension),
               fmt::format("{}, beginning with {} and {}", found.size(), quoted(found[0].filename().string()),
                           quoted(found[1].filename().string())),
               "pass the path of the file");
  }
  return found[0];
}

std::shared_ptr<const Checkpoint> open_folder(const fs::path& folder) {
  for (const char* name : {"model.safetensors", "model.safetensors.index.json", "model.bin"}) {
    if (fs::exists(folder / name)) return open_file(folder / name);
  }
  for (const char* extension : {".gguf", ".safetensors"}) {
    fs::path file = single_with_extension(folder, extension);
    if (!file.empty()) return open_file(file);
  }
  fail_model("checkpoint", "model.safetensors, its sharded index, model.bin or a .gguf file in the folder",
             "none of them",
             fs::exists(folder / "pytorch_model.bin")
                 ? "pytorch_model.bin is a pickle, which can hold code; convert it to safetensors"
                 : "");
}

}  // namespace

std::shared_ptr<const Checkpoint> open_checkpoint(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? open_folder(path) : open_file(path);
}

}  // namespace auris::weights
