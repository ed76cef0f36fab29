#include "auris/train/feed/batch_plan.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/sha256.h"
#include "auris/base/stable_hash.h"

namespace auris::train {
namespace {

[[noreturn]] void fail(ErrorCode code, std::string expected, std::string got, std::string hint = "") {
  throw Error(code, {.where = "training data",
                     .expected = std::move(expected),
                     .got = std::move(got),
                     .hint = std::move(hint)});
}

// A number for what is told apart by several.
uint64_t mixed(uint64_t a, uint64_t b) { return mixed_bits(mixed_bits(a) + b + 0x9e3779b97f4a7c15ULL); }

double unit(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }  // [0, 1)

void add(BatchTotals& totals, const ExampleLength& length) {
  ++totals.examples;
  totals.audio_tokens += length.tokens.audio;
  totals.text_tokens += length.tokens.text;
  totals.audio_s += length.audio_s;
}

}  // namespace

BatchPlan::BatchPlan(std::vector<FeedSet> sets, const FeedOptions& options) : options_(options) {
  for (FeedSet& feed : sets) sets_.push_back({.feed = std::move(feed), .usable = {}, .at = {}, .order = {}});
  check();
  double sum = 0, below = 0;
  for (const Set& set : sets_) sum += set.feed.weight;
  for (Set& set : sets_) {
    below += set.feed.weight;
    set.share_below = below / sum;
    choose_usable(set);
  }
  sets_.back().share_below = 1;  // whatever rounding made of it
  fingerprint_ = fingerprint();
}

void BatchPlan::check() const {
  if (sets_.empty()) fail(ErrorCode::kUsage, "at least one set", "none");
  std::set<std::string> names;
  for (const Set& set : sets_) {
    if (!names.insert(set.feed.name).second)
      fail(ErrorCode::kUsage, "a name of its own for each set", quoted(set.feed.name));
    if (!(set.feed.weight > 0))
      fail(ErrorCode::kUsage, "weights above 0", fmt::format("{}", set.feed.weight));
  }
  check_ranks(options_.batch, options_.ranks);
}

void BatchPlan::check_ranks(const BatchRecipe& batch, const Ranks& ranks) {
  const auto& [rank, world] = ranks;
  if (world < 1 || rank < 0 || rank >= world)
    fail(ErrorCode::kUsage, "a rank below the number of processes", fmt::format("{} of {}", rank, world));
  if (batch.accumulation < 1 || batch.accumulation % world != 0) {
    fail(ErrorCode::kUsage, fmt::format("an accumulation that {} processes can share evenly", world),
         fmt::format("{}", batch.accumulation),
         fmt::format("batch.accumulation counts the micro-batches of all processes; {} would do",
                     (batch.accumulation / world + 1) * world));
  }
}

std::string BatchPlan::reason_to_leave_out(const Set& set, const ExampleLength& length) const {
  if (length.damaged) return "damaged";
  const std::vector<std::string>& tasks = set.feed.tasks;
  const std::string& task = set.feed.lengths->tasks()[length.task];
  if (!tasks.empty() && std::find(tasks.begin(), tasks.end(), task) == tasks.end()) return "other_task";
  if (length.rows() == 0) return "empty";
  if (!(length.audio_s <= set.feed.max_audio_s)) return "long_audio";
  if (length.rows() > options_.batch.context_tokens) return "longer_than_context";
  if (!fits({}, length)) return "longer_than_batch";
  return "";
}

void BatchPlan::choose_usable(Set& set) {
  SetReport report{.name = set.feed.name, .left_out = {}};
  const LengthTable& lengths = *set.feed.lengths;
  set.usable.resize(lengths.size());
  for (uint64_t row = 0; row < lengths.size(); ++row) {
    const ExampleLength length = lengths[row];
    const std::string reason = reason_to_leave_out(set, length);
    set.usable[row] = reason.empty();
    if (!reason.empty()) {
      ++report.left_out[reason];
    } else {
      ++report.examples;
      report.audio_s += length.audio_s;
    }
  }
  if (report.examples == 0) {
    std::string left_out;
    for (const auto& [reason, count] : report.left_out)
      left_out += fmt::format("{}{} {}", left_out.empty() ? "" : ", ", count, reason);
    fail(ErrorCode::kInput, "an example to learn from in " + quoted(set.feed.name),
         left_out.empty() ? "no examples at all" : left_out);
  }
  reports_.push_back(std::move(report));
}

std::string BatchPlan::fingerprint() const {
  const BatchRecipe& batch = options_.batch;
  std::string text =
      fmt::format("plan 1, seed {}, tokens {}, audio_s {}, examples {}, accumulation {}, context {}",
                  options_.seed, batch.tokens.value_or(-1), batch.audio_s.value_or(-1),
                  batch.examples.value_or(-1), batch.accumulation, batch.context_tokens);
  for (const Set& set : sets_) {
    const FeedSet& feed = set.feed;
    text += fmt::format("\n{}\n{}\n{} {}", feed.name, feed.lengths->key(), feed.weight, feed.max_audio_s);
    for (const std::string& task : feed.tasks) text += "\n " + task;
  }
  return sha256_hex(std::as_bytes(std::span(text)));
}

// Moves on to an example that is used, if this one is not, and returns its row.
uint64_t BatchPlan::settle(Set& set) const {
  while (true) {
    if (set.at.next == set.usable.size()) {
      ++set.at.epoch;
      set.at.next = 0;
    }
    if (!set.order || set.order_epoch != set.at.epoch) {
      const uint64_t seed = mixed(mixed(options_.seed, stable_hash(set.feed.name)), set.at.epoch);
      set.order = std::make_unique<data::Permutation>(set.usable.size(), seed);
      set.order_epoch = set.at.epoch;
    }
    const uint64_t row = (*set.order)(set.at.next);
    if (set.usable[row]) return row;
    ++set.at.next;
  }
}

ExamplePlace BatchPlan::peek() {
  const double share = unit(mixed(options_.seed, draws_));
  const auto found =
      std::find_if(sets_.begin(), sets_.end() - 1, [&](const Set& set) { return share < set.share_below; });
  const auto number = static_cast<uint32_t>(found - sets_.begin());
  const uint64_t row = settle(*found);
  const uint64_t seed =
      mixed(mixed(mixed(options_.seed, stable_hash(found->feed.name, 1)), found->at.epoch), row);
  return {.set = number,
          .row = row,
          .epoch = found->at.epoch,
          .seed = seed,
          .length = (*found->feed.lengths)[row]};
}

void BatchPlan::take(const ExamplePlace& place) {
  FeedPosition::InSet& at = sets_[place.set].at;
  ++at.next;
  ++at.drawn;
  ++draws_;
}

bool BatchPlan::fits(const BatchTotals& totals, const ExampleLength& length) const {
  const BatchRecipe& batch = options_.batch;
  const int64_t tokens = totals.audio_tokens + totals.text_tokens + length.rows();
  return (!batch.tokens || tokens <= *batch.tokens) &&
         (!batch.audio_s || totals.audio_s + length.audio_s <= *batch.audio_s) &&
         (!batch.examples || totals.examples + 1 <= *batch.examples);
}

MicroBatch BatchPlan::next_batch(BatchTotals& step_totals) {
  MicroBatch batch;
  BatchTotals totals;
  while (!options_.batch.examples || totals.examples < *options_.batch.examples) {
    const ExamplePlace place = peek();
    if (!fits(totals, place.length)) break;
    take(place);
    add(totals, place.length);
    add(step_totals, place.length);
    batch.push_back(place);
  }
  return batch;
}

StepPlan BatchPlan::next() {
  StepPlan plan{.step = step_, .batches = {}, .totals = {}};
  for (int64_t i = 0; i < options_.batch.accumulation; ++i) {
    MicroBatch batch = next_batch(plan.totals);
    if (i % options_.ranks.world == options_.ranks.rank) plan.batches.push_back(std::move(batch));
  }
  ++step_;
  return plan;
}

FeedPosition BatchPlan::position() const {
  FeedPosition position{.step = step_, .draws = draws_, .sets = {}, .fingerprint = fingerprint_};
  for (const Set& set : sets_) position.sets.push_back(set.at);
  return position;
}

void BatchPlan::seek(const FeedPosition& position) {
  if (position.fingerprint != fingerprint_ || position.sets.size() != sets_.size()) {
    fail(ErrorCode::kInput, "the position of a run with the same data, limits and seed",
         "that of another one",
         "go on with the recipe and the data of the checkpoint, or begin a new run from its weights");
  }
  for (size_t i = 0; i < sets_.size(); ++i) {
    if (position.sets[i].next > sets_[i].usable.size())
      fail(ErrorCode::kInput,
           fmt::format("a place up to {} in {}", sets_[i].usable.size(), quoted(sets_[i].feed.name)),
           fmt::format("{}", position.sets[i].next));
  }
  for (size_t i = 0; i < sets_.size(); ++i) sets_[i].at = position.sets[i];
  step_ = position.step;
  draws_ = position.draws;
}

}  // namespace auris::train
