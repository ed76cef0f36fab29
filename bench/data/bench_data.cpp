// What building data costs beside decoding, and what an index of many rows costs. One JSON object a line.
//
//   auris_bench_data build [--source asterisk] [--clips 600] [--turns 4]
//       decodes the clips of a source, then builds recognition items of them (the instruction is read) from a
//       manifest with hashes, as `auris data check` leaves it, in turns; processor time of each on one
//       thread, the least of all turns. The first turn, which reads the disk, does not count.
//   auris_bench_data check ...
//       the same for `auris data check` without a recognizer.
//   auris_bench_data write-index FILE [--rows 12000000]
//   auris_bench_data walk-index FILE
//       opens it, reads every row in an order shuffled by a seed, and tells the memory that the process had.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "auris/audio/decode.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/base/thread_pool.h"
#include "auris/data/audit/audit.h"
#include "auris/data/build/build.h"
#include "auris/data/shards/permutation.h"
#include "auris/data/shards/shard_index.h"
#include "auris/data/sources/source.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void print(const nlohmann::ordered_json& json) { fmt::print("{}\n", json.dump()); }

template <class Act>
double processor_time_of(const Act& act) {
  const double begin = processor_seconds();
  act();
  return processor_seconds() - begin;
}

struct ClipBench {
  std::string source = "asterisk";
  int64_t clips = 600;
  int turns = 4;
};

// Decodes the clips of a source and lets `act` do its work on their manifest, in turns.
void beside_decoding(const char* name, const ClipBench& bench,
                     const std::function<int64_t(const fs::path& manifest, const fs::path& out)>& act) {
  const TestFolder folder;
  std::vector<Clip> clips;
  ManifestWriter writer(folder / "clips.jsonl");
  ingest_source(
      source_named(bench.source), source_named(bench.source).usual_path,
      [&](const Clip& clip) {
        if (clip.text.empty() || std::ssize(clips) >= bench.clips || clip.duration_s > 30) return;
        clips.push_back(clip);
        clips.back().sha256 = sha256_of(clip, {});
        writer.add(clips.back());
      },
      [](const Rejection&) {});
  writer.commit();
  double decode = 1e9, acting = 1e9, sound_s = 0;
  for (int turn = 0; turn <= bench.turns; ++turn) {
    sound_s = 0;
    const double decode_now = processor_time_of([&] {
      for (const Clip& clip : clips) sound_s += audio::decode_audio(clip.audio).duration_s();
    });
    const fs::path out = folder / fmt::format("out{}", turn);
    int64_t done = 0;
    const double acting_now = processor_time_of([&] { done = act(folder / "clips.jsonl", out); });
    fs::remove_all(out);
    if (done != std::ssize(clips)) fmt::print(stderr, "only {} clips\n", done);
    if (turn == 0) continue;
    decode = std::min(decode, decode_now);
    acting = std::min(acting, acting_now);
  }
  const auto count = static_cast<double>(clips.size());
  print({{"bench", name},
         {"source", bench.source},
         {"clips", clips.size()},
         {"sound_s", sound_s},
         {"decode_processor_s", decode},
         {"processor_s", acting},
         {"overhead", acting / decode - 1},
         {"decoded_clips_per_core_s", count / decode},
         {"clips_per_core_s", count / acting}});
}

int64_t build_items(const fs::path& manifest, const fs::path& out) {
  const Recipe recipe = parse_recipe(
      "manifests = ['clips.jsonl']\n[[items]]\ntask = 'ASR'\nsplits = ['train', 'dev', 'test']\n", "recipe",
      manifest.parent_path(), DataKind::kAlign);
  return build_data(recipe, out).written;
}

// As `auris data check` does: what is kept is written down.
int64_t check_clips(const fs::path& manifest, const fs::path& out) {
  ManifestWriter kept(out);
  const AuditReport report =
      audit(manifest, {}, {.kept = [&](const Clip& clip, const ClipMeasures&) { kept.add(clip); }});
  kept.commit();
  return report.clips;
}

void write_rows(const fs::path& path, uint64_t rows) {
  Rng rng(1);
  std::vector<SamplePlace> places(rows);
  std::vector<ShardFile> shards;
  uint64_t at = 0;
  constexpr uint64_t kShardBytes = uint64_t{1} << 30;
  for (SamplePlace& place : places) {
    if (shards.empty() || at >= kShardBytes) {
      shards.push_back({.file = fmt::format("shard-{:05}.tar", shards.size()), .bytes = 0});
      at = 0;
    }
    const auto duration_s = static_cast<float>(1 + 19 * rng.uniform());
    place = {.offset = at,
             .bytes = static_cast<uint32_t>(duration_s * 32000) / 512 * 512,
             .shard = static_cast<uint32_t>(shards.size() - 1),
             .facts = {.duration_s = duration_s, .text_tokens = static_cast<uint32_t>(rng.below(80))}};
    at += place.bytes;
    shards.back().bytes = at;
  }
  const auto begin = Clock::now();
  write_index(path, places, shards);
  print({{"bench", "write_index"},
         {"rows", rows},
         {"write_s", seconds_since(begin)},
         {"file_mb", static_cast<double>(fs::file_size(path)) / 1e6},
         {"peak_mb", peak_megabytes()}});
}

void walk_rows(const fs::path& path) {
  const double before_mb = peak_megabytes();
  auto begin = Clock::now();
  const ShardIndex index = ShardIndex::open(path);
  const double open_s = seconds_since(begin), open_mb = peak_megabytes();
  begin = Clock::now();
  const double processor_begin = processor_seconds();
  const Permutation order(index.size(), 7);
  double duration_s = 0;
  for (uint64_t i = 0; i < index.size(); ++i) duration_s += index[order(i)].facts.duration_s;
  print({{"bench", "walk_index"},
         {"rows", index.size()},
         {"open_ms", open_s * 1e3},
         {"shuffled_walk_s", seconds_since(begin)},
         {"shuffled_walk_processor_s", processor_seconds() - processor_begin},
         {"hours", duration_s / 3600},
         {"start_mb", before_mb},
         {"opened_mb", open_mb},
         {"peak_mb", peak_megabytes()}});
}

}  // namespace
}  // namespace auris::data

int main(int argc, char** argv) {
  using namespace auris::data;
  CLI::App app("What building data and indexes cost");
  app.require_subcommand(1);
  ClipBench bench;
  CLI::App* build = app.add_subcommand("build", "Building beside decoding");
  CLI::App* check = app.add_subcommand("check", "Checking beside decoding");
  for (CLI::App* command : {build, check}) {
    command->add_option("--source", bench.source);
    command->add_option("--clips", bench.clips);
    command->add_option("--turns", bench.turns)->check(CLI::PositiveNumber);
  }
  std::string path;
  uint64_t rows = 12'000'000;
  CLI::App* write = app.add_subcommand("write-index", "Write an index");
  write->add_option("file", path)->required();
  write->add_option("--rows", rows);
  CLI::App* walk = app.add_subcommand("walk-index", "Open an index and read its rows, shuffled");
  walk->add_option("file", path)->required();
  CLI11_PARSE(app, argc, argv);
  auris::set_compute_threads(1);
  try {
    if (*build) beside_decoding("build", bench, build_items);
    if (*check) beside_decoding("check", bench, check_clips);
    if (*write) write_rows(path, rows);
    if (*walk) walk_rows(path);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
