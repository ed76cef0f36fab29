#include "auris/data/build/build.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "auris/audio/wav_writer.h"
#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"
#include "auris/data/build/questions_together.h"
#include "auris/data/build/selection.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/manifest/rejections.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRejectedName = "rejected.jsonl";
constexpr const char* kUnreadableName = "unreadable.part";  // one line each: what, a blank, the item's number

// Items that could not be rendered, kept from run to run until all is done.
class Unreadable {
 public:
  Unreadable(const fs::path& folder, int64_t resumed_number) : path_(folder / kUnreadableName) {
    std::ifstream old(path_, std::ios::binary);
    for (std::string line; std::getline(old, line);) {
      const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
      if (entry.is_discarded() || !entry.contains("number") ||
          entry["number"].get<int64_t>() > resumed_number)
        continue;
      lines_.push_back({entry["id"], entry["reason"], entry["detail"]});
      kept_ += line + '\n';
    }
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << kept_;
    file_.open(path_, std::ios::binary | std::ios::app);
  }

  void add(int64_t number, Rejection rejection) {
    nlohmann::ordered_json line = to_json(rejection);
    line["number"] = number;
    file_ << json_line(line) << std::endl;
    lines_.push_back(std::move(rejection));
  }

  const std::vector<Rejection>& all() const { return lines_; }
  void remove() {
    file_.close();
    fs::remove(path_);
  }

 private:
  fs::path path_;
  std::ofstream file_;
  std::string kept_;
  std::vector<Rejection> lines_;
};

using ClipVisitor = std::function<void(const Clip&, const fs::path& folder)>;

void visit_clips(const Recipe& recipe, const ClipVisitor& visit, const RejectionSink& rejected) {
  for (const fs::path& manifest : recipe.manifests) {
    read_manifest(
        manifest, [&](const Clip& clip) { visit(clip, manifest.parent_path()); }, rejected);
  }
}

int64_t lines_in(const std::vector<fs::path>& files) {
  int64_t lines = 0;
  for (const fs::path& file : files) {
    if (!fs::is_regular_file(file)) continue;  // reading it will say so
    const auto content = MappedFile::open(file, ErrorCode::kInput);
    lines += std::ranges::count(content->bytes(), std::byte{'\n'});
  }
  return lines;
}

Sample sample_of(const PlannedItem& planned, const audio::AudioClip& recording,
                 const std::map<size_t, audio::AudioClip>& earlier, int64_t number) {
  const Item& item = planned.item;
  Sample sample{
      .key = fmt::format("{:09}", number), .files = {{"json", json_line(to_json(item))}}, .facts = {}};
  if (item.has_recording()) sample.files.push_back({"wav", audio::wav_bytes(recording)});
  for (const auto& [turn, sound] : earlier)
    sample.files.push_back({recording_name(turn), audio::wav_bytes(sound)});
  sample.facts.duration_s = static_cast<float>(total_duration_s(item));
  if (!planned.logits.empty()) {
    sample.files.push_back(
        {"logits", std::string(reinterpret_cast<const char*>(planned.logits.data()), planned.logits.size())});
  }
  return sample;
}

int64_t number_of(const std::string& key) {
  int64_t number = -1;
  std::from_chars(key.data(), key.data() + key.size(), number);
  return number;
}

class Build {
 public:
  Build(const Recipe& recipe, const fs::path& folder, const BuildOptions& options)
      : recipe_(recipe),
        folder_(folder),
        options_(options),
        builder_({.seed = recipe.seed, .voices = recipe.voices}),
        selection_(recipe, builder_, dialogues_),
        writer_(folder, options.shards),
        resumed_number_(number_of(writer_.resumed_key())),
        unreadable_(folder, resumed_number_) {}

  BuildReport run() {
    find_dialogues();
    if (selection_.chooses()) choose();
    make();
    writer_.finish();
    write_rejections();
    unreadable_.remove();
    report_.written = static_cast<int64_t>(writer_.samples());
    return report_;
  }

 private:
  void reject(Rejection rejection) {
    ++report_.rejected[rejection.reason];
    rejections_.push_back(std::move(rejection));
  }

  void find_dialogues() {
    const bool asked = std::any_of(recipe_.rules.begin(), recipe_.rules.end(), [](const ItemRule& rule) {
      return rule.task == "dialogue" && rule.responses.empty();
    });
    if (!asked) return;
    visit_clips(
        recipe_, [&](const Clip& clip, const fs::path& folder) { dialogues_.add(clip, folder); },
        [](const Rejection&) {});
  }

  void choose() {
    visit_clips(
        recipe_, [&](const Clip& clip, const fs::path&) { selection_.offer(clip); }, [](const Rejection&) {});
    selection_.settle();
  }

  void make() {
    report_.resumed = static_cast<int64_t>(writer_.resumed());
    const int64_t lines = options_.progress ? lines_in(recipe_.manifests) : 0;
    visit_clips(
        recipe_,
        [&](const Clip& clip, const fs::path& folder) {
          ++report_.clips;
          make_items(clip, folder, lines);
        },
        [&](Rejection rejection) {
          ++report_.rejected_lines;
          rejections_.push_back(std::move(rejection));
        });
  }

  void make_items(const Clip& clip, const fs::path& folder, int64_t lines) {
    std::vector<PlannedItem> questions =
        selection_.items_of(clip, [&](Rejection rejection) { reject(std::move(rejection)); });
    report_.questions += std::ssize(questions);
    for (PlannedItem& item : together(std::move(questions), recipe_)) {
      const int64_t number = report_.planned++;
      if (!options_.share.holds(number) || number <= resumed_number_) continue;
      make_item(item, clip, folder, number);
      if (options_.progress && !options_.progress(report_.clips + report_.rejected_lines, lines)) {
        throw Error(ErrorCode::kCancelled, {.where = "data build",
                                            .expected = "to finish",
                                            .got = "a request to stop",
                                            .hint = "the same command goes on"});
      }
    }
  }

  void make_item(PlannedItem& planned, const Clip& clip, const fs::path& folder, int64_t number) {
    Item& item = planned.item;
    audio::AudioClip recording;
    std::map<size_t, audio::AudioClip> earlier;
    try {
      earlier = builder_.render_earlier(item, clip, folder, planned.earlier);
      recording = builder_.render(item, clip, folder);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      unreadable_.add(number, {.what = item.id, .reason = "unreadable", .detail = error.what()});
      return;
    }
    report_.duration_s += total_duration_s(item);
    writer_.add(sample_of(planned, recording, earlier, number));
  }

  void write_rejections() {
    for (const Rejection& rejection : unreadable_.all()) reject(rejection);
    AtomicFile file(folder_ / kRejectedName, ErrorCode::kInput);
    for (const Rejection& rejection : rejections_) {
      const std::string line = json_line(to_json(rejection)) + "\n";
      file.write(std::as_bytes(std::span(line)));
    }
    file.commit();
  }

  const Recipe& recipe_;
  const fs::path& folder_;
  const BuildOptions& options_;
  ItemBuilder builder_;
  Dialogues dialogues_;
  Selection selection_;
  ShardWriter writer_;
  int64_t resumed_number_;
  Unreadable unreadable_;
  std::vector<Rejection> rejections_;
  BuildReport report_;
};

}  // namespace

BuildReport build_data(const Recipe& recipe, const fs::path& folder, const BuildOptions& options) {
  check_share(options.share, "data build");
  return Build(recipe, folder, options).run();
}

}  // namespace auris::data
