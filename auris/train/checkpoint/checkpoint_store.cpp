#include "auris/train/checkpoint/checkpoint_store.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kUnfinished = ".unfinished";

// The step of a whole checkpoint's folder.
std::optional<int64_t> step_of(const fs::path& folder) {
  std::string name = folder.filename().string();
  if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + 8) return std::nullopt;
  int64_t step = 0;
  const char* end = name.data() + name.size();
  auto [rest, error] = std::from_chars(name.data() + kPrefix.size(), end, step);
  if (error != std::errc() || rest != end) return std::nullopt;
  return step;
}

}  // namespace

CheckpointStore::CheckpointStore(fs::path folder, int keep) : folder_(std::move(folder)), keep_(keep) {
  AURIS_CHECK(keep >= 1);
}

fs::path CheckpointStore::path_of(int64_t step) const {
  return folder_ / fmt::format("{}{:08}", kPrefix, step);
}

void CheckpointStore::save(const CheckpointContents& contents) {
  fs::path place = path_of(contents.step), unfinished = place;
  unfinished += kUnfinished;
  std::error_code ignored;
  fs::remove_all(unfinished, ignored);
  weights::write_safetensors(unfinished / kParametersName, contents.parameters);
  weights::write_safetensors(unfinished / kOptimizerName, contents.optimizer);
  write_whole(unfinished / kStateName, contents.state.dump(2) + "\n", ErrorCode::kUsage);
  fs::remove_all(place, ignored);  // of a run that went on from an earlier step
  replace_file(unfinished, place, ErrorCode::kUsage);
  remove_old(contents.step);
}

void CheckpointStore::remove_old(int64_t newest) const {
  std::error_code ignored;
  std::vector<int64_t> all = steps();
  for (size_t i = 0; i + static_cast<size_t>(keep_) < all.size(); ++i) {
    if (all[i] < newest) fs::remove_all(path_of(all[i]), ignored);
  }
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (entry.path().filename().string().ends_with(kUnfinished)) fs::remove_all(entry.path(), ignored);
  }
}

std::vector<int64_t> CheckpointStore::steps() const {
  std::vector<int64_t> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (std::optional<int64_t> step = step_of(entry.path())) found.push_back(*step);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<int64_t> CheckpointStore::newest() const {
  std::vector<int64_t> all = steps();
  if (all.empty()) return std::nullopt;
  return all.back();
}

nlohmann::json CheckpointStore::state_of(int64_t step) const {
  return read_json_file(path_of(step) / kStateName, ErrorCode::kInput);
}

}  // namespace auris::train
