#include "auris/eval/run/merge.h"

#include <memory>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/atomic_file.h"
#include "auris/base/error.h"
#include "auris/eval/run/prediction_store.h"
#include "auris/eval/run/runner.h"
#include "auris/eval/run/system.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostNamed = 10;

[[noreturn]] void fail(ErrorCode code, std::string expected, std::string got, std::string hint = "") {
  throw Error(code, {.where = "eval merge",
                     .expected = std::move(expected),
                     .got = std::move(got),
                     .hint = std::move(hint)});
}

struct Part {
  fs::path path;
  std::unique_ptr<PredictionStore> store;
};

std::vector<Part> open_parts(const std::vector<fs::path>& paths) {
  if (paths.empty()) fail(ErrorCode::kUsage, "at least one file of predictions", "none");
  std::vector<Part> parts;
  for (const fs::path& path : paths) {
    if (!fs::is_regular_file(path)) {  // a store would make the file
      fail(ErrorCode::kInput, "a file of auris eval run", quoted(path.string()));
    }
    parts.push_back({.path = path, .store = std::make_unique<PredictionStore>(path)});
    const auto &first = parts.front().store->settings(), &own = parts.back().store->settings();
    if (own.is_null()) {
      fail(ErrorCode::kInput, "predictions with settings", quoted(path.string()), "run this part again");
    }
    if (own.dump() != first.dump()) {
      fail(ErrorCode::kInput, "parts of one system with one settings",
           fmt::format("others in {} and {}", quoted(paths.front().string()), quoted(path.string())));
    }
  }
  return parts;
}

bool same_outcome(const Prediction& a, const Prediction& b) {
  return a.answer == b.answer && a.transcript == b.transcript && a.error.empty() == b.error.empty() &&
         a.truncated == b.truncated && a.probabilities == b.probabilities;
}

// The prediction that counts, nullptr if no part has one.
const Prediction* prediction_in(const std::vector<Part>& parts, const std::string& key, int64_t& found) {
  const Prediction* chosen = nullptr;
  const Part* from = nullptr;
  for (const Part& part : parts) {
    const Prediction* known = part.store->find(key);
    if (known == nullptr) continue;
    ++found;
    const bool better = chosen == nullptr || (!chosen->error.empty() && known->error.empty());
    if (!better && known->error.empty() && !same_outcome(*known, *chosen)) {
      fail(ErrorCode::kInput, fmt::format("one answer to {}", quoted(known->item)),
           fmt::format("different ones in {} and {}", quoted(from->path.string()),
                       quoted(part.path.string())));
    }
    if (better) {
      chosen = known;
      from = &part;
    }
  }
  return chosen;
}

void check_complete(const MergeReport& report) {
  if (report.missing.empty()) return;
  const auto end =
      report.missing.begin() + static_cast<std::ptrdiff_t>(std::min(kMostNamed, report.missing.size()));
  fail(ErrorCode::kInput, fmt::format("a prediction for each of {} items", report.items - report.damaged),
       fmt::format("none for {}: {}{}", report.missing.size(), fmt::join(report.missing.begin(), end, ", "),
                   report.missing.size() > kMostNamed ? ", ..." : ""),
       "run the parts to their end, or take --partial");
}

}  // namespace

MergeReport merge_predictions(const data::ShardReader& data, const std::vector<fs::path>& paths,
                              const fs::path& output, const MergeOptions& options) {
  if (fs::exists(output)) {
    fail(ErrorCode::kInput, "a new file", quoted(output.string()), "choose another name");
  }
  const std::vector<Part> parts = open_parts(paths);
  MergeReport report{.settings = parts.front().store->settings()};
  for (const Part& part : parts) {
    report.predictions += static_cast<int64_t>(part.store->size());
    report.damaged_lines += part.store->damaged_lines();
  }
  std::string lines = PredictionStore::line_of(report.settings) + "\n";
  std::unordered_set<std::string> written;  // equal questions have one prediction
  report.items = static_cast<int64_t>(data.size());
  for (uint64_t i = 0; i < data.size(); ++i) {
    LoadedItem loaded;
    try {
      loaded = data::load_item(data, i);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      ++report.damaged;
      continue;
    }
    const std::string key = prediction_key(report.settings, loaded);
    int64_t found = 0;
    const Prediction* prediction = prediction_in(parts, key, found);
    if (prediction == nullptr) {
      report.missing.push_back(loaded.item.id);
      continue;
    }
    ++(prediction->error.empty() ? report.answered : report.failed);
    if (!written.insert(key).second) continue;
    ++report.written;
    report.repeated += found - 1;
    lines += PredictionStore::line_of(*prediction) + "\n";
  }
  report.unused = report.predictions - report.written - report.repeated;
  if (!options.partial) check_complete(report);
  AtomicFile file(output, ErrorCode::kInput);
  file.write(std::as_bytes(std::span(lines)));
  file.commit();
  return report;
}

}  // namespace auris::eval
