#pragma once
// For tests: a folder read as a layout, and recordings to fill it with.

#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "auris/audio/wav_writer.h"
#include "auris/data/items/answers.h"
#include "auris/data/sources/source.h"

namespace auris::data {

struct Ingested {
  std::map<std::string, Clip> clips;              // by id
  std::map<std::string, std::string> rejections;  // reason by id
  ManifestCounts counts;
};

// Whatever a layout calls a label must be one of its task for this source, by the task's own name.
inline void expect_known_labels(const Clip& clip) {
  for (const auto& [task_id, label] : clip.labels) {
    const TaskVariant* variant = variant_for(task_named(task_id), clip);
    ASSERT_NE(variant, nullptr) << clip.id << ": " << task_id;
    EXPECT_EQ(answer_problem(label, *variant), "") << clip.id << ": " << task_id << " " << label;
    if (variant->answer != AnswerKind::kLabel) continue;
    const Label* known = label_named(label, *variant);
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->name, label);
  }
}

inline Ingested ingest(std::string_view layout, const std::filesystem::path& root) {
  Ingested all;
  all.counts = ingest_source(
      source_named(layout), root,
      [&](Clip clip) {
        expect_known_labels(clip);
        EXPECT_EQ(clip_from(nlohmann::json::parse(to_json(clip).dump()), "again"), clip);
        all.clips.emplace(clip.id, std::move(clip));
      },
      [&](Rejection rejection) {
        EXPECT_FALSE(rejection.detail.empty());
        all.rejections.emplace(rejection.what, rejection.reason);
      });
  EXPECT_EQ(all.counts.clips, std::ssize(all.clips));
  EXPECT_EQ(all.counts.rejected, std::ssize(all.rejections));
  EXPECT_EQ(all.counts.lines, all.counts.clips + all.counts.rejected);
  return all;
}

// All of them, with their reasons.
inline void expect_rejected(const Ingested& all, const std::map<std::string, std::string>& reasons) {
  EXPECT_EQ(all.rejections, reasons);
}

// The clips of a source that is installed, as a manifest; `keep` may change a clip or leave it out.
inline void write_manifest_of(
    std::string_view layout, const std::filesystem::path& manifest,
    const std::function<bool(Clip&)>& keep = [](Clip&) { return true; }) {
  ManifestWriter writer(manifest);
  ingest_source(
      source_named(layout), source_named(layout).usual_path,
      [&](Clip clip) {
        if (keep(clip)) writer.add(clip);
      },
      [](const Rejection&) {});
  writer.commit();
}

inline audio::AudioClip tone(double seconds) {
  audio::AudioClip clip{.samples = std::vector<float>(static_cast<size_t>(seconds * 16000)),
                        .sample_rate_hz = 16000};
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    clip.samples[i] = (i / 50) % 2 == 0 ? 0.1f : -0.1f;
  }
  return clip;
}

// A tone in any of the containers by name: what matters here is that it can be opened.
inline void make_recording(const std::filesystem::path& path, double seconds = 0.1) {
  std::filesystem::create_directories(path.parent_path());
  audio::write_wav(path, tone(seconds));
}

}  // namespace auris::data
