#include "auris/data/sources/ingest.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "auris/audio/audio_reader.h"
#include "auris/base/error.h"
#include "auris/data/items/answers.h"
#include "auris/text/utf8.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

// A text of few digits.
double rounded(double duration_s) { return std::max(1e-6, std::round(duration_s * 1e6) / 1e6); }

// What the container says, or what decoding finds if it says nothing.
double duration_of(const audio::AudioSource& source) {
  audio::AudioReader reader(source, {.sample_rate_hz = 0});
  if (reader.declared_s() > 0) return reader.declared_s();
  std::vector<float> block(1 << 16);
  while (reader.read(block) > 0) {
  }
  return reader.report().duration_s;
}

std::string path_problem(const fs::path& path) {
  const std::string text = path.string();
  if (text.find('\\') != std::string::npos) return "has backslashes between folders";
  if (text.empty() || text.find('\0') != std::string::npos) return "is no path";
  const bool climbs =
      std::any_of(path.begin(), path.end(), [](const fs::path& step) { return step == ".."; });
  return climbs ? "leads out of the data set" : "";
}

bool is_utf8(const Clip& clip, const fs::path& recording) {
  const SecondRecording second = clip.second.value_or(SecondRecording());
  const std::array<std::string, 10> texts{clip.id,       recording.string(), clip.source,  clip.split,
                                          clip.language, clip.text,          clip.speaker, clip.origin,
                                          second.audio,  second.speaker};
  const auto valid = [](const auto& value) { return text::is_valid_utf8(value); };
  return std::all_of(texts.begin(), texts.end(), valid) && valid(clip.written) && valid(clip.dialogue) &&
         std::all_of(clip.follow_ups.begin(), clip.follow_ups.end(),
                     [&](const FollowUp& next) { return valid(next.question) && valid(next.answer); }) &&
         std::all_of(clip.questions.begin(), clip.questions.end(),
                     [&](const auto& entry) { return valid(entry.second); }) &&
         std::all_of(clip.translations.begin(), clip.translations.end(),
                     [&](const auto& entry) { return valid(entry.first) && valid(entry.second); }) &&
         std::all_of(clip.labels.begin(), clip.labels.end(),
                     [&](const auto& entry) { return valid(entry.second); });
}

// The label by the name that its task has for it; what is wrong with it otherwise.
std::string label_problem(const std::string& task_id, std::string& label, const Clip& clip) {
  const Task& task = task_named(task_id);
  const TaskVariant* variant = variant_for(task, clip);
  if (variant == nullptr) return no_variant_text(task, clip);
  if (const std::string wanted = answer_problem(label, *variant); !wanted.empty()) {
    return fmt::format("{}: expected {}, got {}", task_id, wanted, quoted(label));
  }
  if (const Label* known = label_named(label, *variant)) label = known->name;
  return {};
}

}  // namespace

Ingest::Ingest(std::string source, fs::path root, const ClipSink& clip, const RejectionSink& rejected)
    : source_(std::move(source)),
      root_(fs::absolute(root).lexically_normal()),
      clip_(clip),
      rejected_(rejected) {}

void Ingest::add(const fs::path& recording, Clip clip) {
  if (clip.id.empty()) clip.id = source_ + "/" + recording.generic_string();
  if (clip.source.empty()) clip.source = source_;
  if (!is_utf8(clip, recording)) return reject(clip.id, "no_utf8", "a text is not UTF-8");
  for (auto& [task, label] : clip.labels) {
    const std::string problem = label_problem(task, label, clip);
    if (!problem.empty()) return reject(clip.id, "unknown_label", problem);
  }
  if (!complete(recording, clip)) return;
  if (clip.second) {
    Clip second = second_of(clip);
    if (!complete(second.audio, second)) return;
    clip.second->audio = second.audio;
    clip.second->duration_s = second.duration_s;
  }
  if (!ids_.insert(clip.id).second) return reject(clip.id, "repeated_id", "the id was there before");
  ++counts_.lines;
  ++counts_.clips;
  clip_(std::move(clip));
}

bool Ingest::complete(const fs::path& recording, Clip& clip) {
  const auto no = [&](const char* reason, std::string detail) {
    reject(clip.id, reason, std::move(detail));
    return false;
  };
  if (const std::string problem = path_problem(recording); !problem.empty())
    return no("broken_path", fmt::format("{} {}", quoted(recording.string()), problem));
  const fs::path path = (root_ / recording).lexically_normal();
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return no("missing_file", fmt::format("there is no {}", quoted(path.string())));
  clip.audio = path.generic_string();
  if (clip.duration_s == 0) {
    try {
      clip.duration_s = duration_of(audio_source(clip, ""));
    } catch (const Error& error) {
      return no("unreadable", error.what());
    }
  }
  if (!(clip.duration_s > 0)) return no("no_sound", fmt::format("{} holds no sound", quoted(path.string())));
  clip.duration_s = rounded(clip.duration_s);
  return true;
}

void Ingest::reject(std::string what, std::string reason, std::string detail) {
  ++counts_.lines;
  ++counts_.rejected;
  rejected_({.what = std::move(what), .reason = std::move(reason), .detail = std::move(detail)});
}

fs::path Ingest::needed(const fs::path& relative) const {
  fs::path path = root_ / relative;
  if (fs::exists(path)) return path;
  throw Error(ErrorCode::kInput, {.where = source_,
                                  .expected = fmt::format("a folder with {}", quoted(relative.string())),
                                  .got = quoted(root_.string()),
                                  .hint = "give the folder that holds it"});
}

std::vector<fs::path> files_below(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().ends_with(ending)) {
      files.push_back(entry.path().lexically_relative(folder));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace auris::data
