#include "auris/eval/run/runner.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

constexpr int kMaxUnreachable = 3;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Clips go to the shares in turn, as they come.
class Shares {
 public:
  explicit Shares(const Share& mine) : mine_(mine) { check_share(mine, "eval run"); }
  bool next_is_mine() { return mine_.holds(seen_++); }
  bool is_mine(const std::string& clip) {
    if (mine_.is_whole()) return true;
    const auto found = clips_.find(clip);
    return found != clips_.end() ? found->second : clips_.emplace(clip, next_is_mine()).first->second;
  }

 private:
  Share mine_;
  int64_t seen_ = 0;
  std::unordered_map<std::string, bool> clips_;
};

// Numbers of the samples that are to be asked.
std::vector<uint64_t> chosen(const data::ShardReader& data, const RunOptions& options, RunReport& report,
                             RunPower& power) {
  std::vector<uint64_t> numbers;
  std::map<std::string, int64_t> counts;
  Shares shares(options.share);
  for (uint64_t i = 0; i < data.size(); ++i) {
    data::Item item;
    try {
      item = data::item_in(data.read(i));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      report.damaged += shares.next_is_mine() ? 1 : 0;
      continue;
    }
    const bool wanted = options.tasks.empty() || std::find(options.tasks.begin(), options.tasks.end(),
                                                           item.task) != options.tasks.end();
    const std::string group = fmt::format("{}/{}/{}", item.task, item.variant, name_of(item.configuration));
    if (!wanted || (options.limit && counts[group]++ >= *options.limit)) continue;
    power.add(item);
    if (shares.is_mine(item.clip)) numbers.push_back(i);
  }
  return numbers;
}

}  // namespace

RunReport run_system(const data::ShardReader& data, System& system, PredictionStore& store,
                     const RunOptions& options) {
  RunReport report;
  const auto begin = std::chrono::steady_clock::now();
  RunPower power;
  const std::vector<uint64_t> numbers = chosen(data, options, report, power);
  const int64_t wanted = std::ssize(numbers);
  int unreachable = 0;  // in a row
  const nlohmann::ordered_json settings = system.settings();
  store.begin(settings);
  report.items = report.damaged + wanted;
  if (options.power) options.power(power);
  for (int64_t done = 0; done < wanted; ++done) {
    if (options.progress && !options.progress(done, wanted)) {
      throw Error(ErrorCode::kCancelled, {.where = "evaluation",
                                          .expected = "to finish",
                                          .got = "a request to stop",
                                          .hint = "the same command goes on"});
    }
    LoadedItem loaded;
    try {
      loaded = data::load_item(data, numbers[static_cast<size_t>(done)]);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      ++report.damaged;
      continue;
    }
    Prediction prediction{.key = prediction_key(settings, loaded), .item = loaded.item.id};
    const Prediction* known = store.find(prediction.key);
    if (known != nullptr && (known->error.empty() || !options.retry_failed)) {
      ++report.reused;
      report.failed += known->error.empty() ? 0 : 1;
      continue;
    }
    const auto item_begin = std::chrono::steady_clock::now();
    try {
      SystemAnswer answer = system.answer(loaded);
      prediction.answer = std::move(answer.answer);
      prediction.transcript = std::move(answer.transcript);
      prediction.truncated = answer.truncated;
      prediction.probabilities = std::move(answer.probabilities);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      ++report.failed;
      if (error.code() == ErrorCode::kNetwork) {
        if (++unreachable >= kMaxUnreachable) throw;
        ++report.unreachable;
        ++report.asked;
        continue;
      }
      prediction.error = error.what();
    }
    unreachable = 0;
    prediction.seconds = seconds_since(item_begin);
    store.add(prediction);
    ++report.asked;
  }
  report.seconds = seconds_since(begin);
  return report;
}

}  // namespace auris::eval
