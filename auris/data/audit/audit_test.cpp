#include "auris/data/audit/audit.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/sha256.h"
#include "auris/base/test_folder.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Audited {
  AuditReport report;
  std::set<std::string> kept;
  std::map<std::string, Rejection> rejections;
};

Audited audited(const fs::path& manifest, const AuditThresholds& thresholds = {}) {
  Audited all;
  all.report = audit(manifest, thresholds,
                     {.kept =
                          [&](const Clip& clip, const ClipMeasures& measures) {
                            EXPECT_EQ(clip.sha256.size(), 64u);
                            EXPECT_GT(measures.duration_s, 0);
                            all.kept.insert(clip.id);
                          },
                      .rejected = [&](Rejection rejection) { all.rejections[rejection.what] = rejection; }});
  EXPECT_EQ(all.report.kept, std::ssize(all.kept));
  int64_t rejected = 0;
  for (const auto& [reason, count] : all.report.rejected) rejected += count;
  EXPECT_EQ(all.report.clips, all.report.kept + rejected);
  EXPECT_EQ(std::ssize(all.rejections), rejected + all.report.rejected_lines);
  return all;
}

audio::AudioClip prompt(const std::string& name) {
  return audio::decode_audio("/usr/share/asterisk/sounds/en_US_f_Allison/" + name + ".g722");
}

Clip clip_at(const TestFolder& folder, const std::string& id, const audio::AudioClip& sound) {
  audio::write_wav(folder / (id + ".wav"), sound);
  Clip clip;
  clip.id = id;
  clip.audio = id + ".wav";
  clip.duration_s = sound.duration_s();
  clip.split = "train";
  clip.text = id;
  return clip;
}

void write_manifest(const fs::path& path, const std::vector<Clip>& clips) {
  ManifestWriter writer(path);
  for (const Clip& clip : clips) writer.add(clip);
  writer.commit();
}

TEST(Audit, ExaminesBothOfTwoRecordings) {
  TestFolder folder;
  const Clip first = clip_at(folder, "first", prompt("agent-pass"));
  const Clip other = clip_at(folder, "other", prompt("activated"));
  const auto pair = [&](const std::string& id, const Clip& second) {
    Clip clip = first;
    clip.id = id;
    clip.second = SecondRecording{
        .audio = second.audio, .duration_s = second.duration_s, .sha256 = {}, .speaker = "june"};
    return clip;
  };
  Clip gone = other, longer = other, changed = other;
  gone.audio = "gone.wav";
  longer.duration_s += 1;
  std::vector<Clip> clips{first,
                          other,
                          pair("pair", other),
                          pair("again", other),
                          pair("gone", gone),
                          pair("longer", longer),
                          pair("changed", other)};
  clips.back().second->sha256 = std::string(64, 'a');
  clips[1].speaker = "june";
  clips[1].split = "test";
  write_manifest(folder / "m.jsonl", clips);
  const Audited all = audited(folder / "m.jsonl", {.near_duplicates = true});
  EXPECT_EQ(all.kept, (std::set<std::string>{"first", "other", "pair"}));
  EXPECT_THAT(all.rejections.at("again").detail, HasSubstr("'pair'"));
  EXPECT_EQ(all.rejections.at("gone").reason, "missing_file");
  EXPECT_EQ(all.rejections.at("longer").reason, "wrong_duration");
  EXPECT_EQ(all.rejections.at("changed").reason, "changed_file");
  EXPECT_TRUE(all.report.leaked_speakers.contains("june"));  // test, and the second one of a pair in train
  EXPECT_NEAR(all.report.kept_s, 2 * (first.duration_s + other.duration_s), 1e-3);
}

TEST(Audit, HashesThePartOfAFile) {
  TestFolder folder;
  const std::string wav = audio::wav_bytes(prompt("agent-pass"));
  folder.write("two.tar", std::string(512, 'x') + wav + std::string(100, 'y'));
  Clip clip;
  clip.id = "part";
  clip.audio = "two.tar";
  clip.audio_offset = 512;
  clip.audio_bytes = std::ssize(wav);
  clip.duration_s = prompt("agent-pass").duration_s();
  clip.sha256 = sha256_hex(std::as_bytes(std::span(wav)));
  Clip beyond = clip;
  beyond.id = "beyond";
  beyond.audio_bytes += 200;
  write_manifest(folder / "m.jsonl", {clip, beyond});
  const Audited all = audited(folder / "m.jsonl");
  EXPECT_EQ(all.kept, (std::set<std::string>{"part"}));
  EXPECT_EQ(all.rejections.at("beyond").reason, "unreadable");
}

TEST(Audit, NamesEachFault) {
  TestFolder folder;
  const audio::AudioClip good = prompt("agent-newlocation");
  std::vector<Clip> clips = {clip_at(folder, "good", good), clip_at(folder, "other", prompt("agent-pass"))};
  clips.push_back(clip_at(folder, "copy", good));
  clips.push_back(clip_at(folder, "wrong", prompt("agent-user")));
  clips.back().duration_s -= 0.5;
  clips.push_back(clip_at(folder, "short", {.samples = {good.samples.begin(), good.samples.begin() + 500}}));
  clips.push_back(clip_at(folder, "silent", {.samples = std::vector<float>(16000)}));
  audio::AudioClip loud = prompt("agent-loggedoff");
  for (float& x : loud.samples) x = std::clamp(40 * x, -1.0f, 1.0f);
  clips.push_back(clip_at(folder, "loud", loud));
  audio::AudioClip noisy{.samples = std::vector<float>(16000)};
  Rng rng(1);
  for (float& x : noisy.samples) x = static_cast<float>(0.1 * rng.normal());
  clips.push_back(clip_at(folder, "noisy", noisy));
  for (float& x : noisy.samples) x = x / 10 + 0.2f;
  clips.push_back(clip_at(folder, "offset", noisy));
  folder.write("text.wav", "words, no sound");
  clips.push_back(clips[0]);
  clips.back().id = "unreadable";
  clips.back().audio = "text.wav";
  clips.push_back(clips[0]);
  clips.back().id = "missing";
  clips.back().audio = "nowhere.wav";
  clips.push_back(clip_at(folder, "changed", prompt("agent-alreadyon")));
  clips.back().sha256 = std::string(64, 'a');
  write_manifest(folder / "m.jsonl", clips);
  std::ofstream(folder / "m.jsonl", std::ios::app) << "nonsense\n";
  const Audited all = audited(folder / "m.jsonl");
  EXPECT_EQ(all.kept, (std::set<std::string>{"good", "other"}));
  const std::map<std::string, std::string> reasons = {
      {"copy", "duplicate"},       {"wrong", "wrong_duration"},  {"short", "too_short"},
      {"silent", "silence"},       {"loud", "clipping"},         {"noisy", "noise"},
      {"offset", "offset"},        {"unreadable", "unreadable"}, {"missing", "missing_file"},
      {"changed", "changed_file"}, {"line 13", "no_json"}};
  for (const auto& [id, reason] : reasons) {
    ASSERT_TRUE(all.rejections.contains(id)) << id;
    EXPECT_EQ(all.rejections.at(id).reason, reason) << id << ": " << all.rejections.at(id).detail;
  }
  EXPECT_THAT(all.rejections.at("copy").detail, HasSubstr("'good'"));
  EXPECT_THAT(all.rejections.at("wrong").detail, HasSubstr("0.5"));
  EXPECT_EQ(all.report.rejected_lines, 1);
}

TEST(Audit, FindsNearDuplicatesAndLeaks) {
  TestFolder folder;
  const audio::AudioClip good = prompt("agent-newlocation");
  audio::AudioClip quiet = good;
  for (float& x : quiet.samples) x *= 0.3f;
  std::vector<Clip> clips = {clip_at(folder, "good", good), clip_at(folder, "quiet", quiet),
                             clip_at(folder, "one", prompt("agent-pass")),
                             clip_at(folder, "two", prompt("agent-user"))};
  clips[2].text = "The same  words";
  clips[3].text = "the same words";
  clips[3].split = "test";
  clips[2].speaker = clips[3].speaker = "allison";
  clips[2].labels = {{"speaker_gender", "female"}};
  write_manifest(folder / "m.jsonl", clips);
  EXPECT_EQ(audited(folder / "m.jsonl").report.kept, 4);
  const Audited all = audited(folder / "m.jsonl", {.near_duplicates = true});
  EXPECT_EQ(all.rejections.at("quiet").reason, "near_duplicate");
  EXPECT_EQ(all.report.leaked_texts.at("the same words"), (std::vector<std::string>{"test", "train"}));
  EXPECT_TRUE(all.report.leaked_speakers.contains("allison"));
  EXPECT_EQ(all.report.labels.at("speaker_gender").at("female"), 1);
  EXPECT_EQ(to_json(all.report)["rejected"]["near_duplicate"], 1);
}

TEST(Audit, StretchesOfLongRecordings) {
  TestFolder folder;
  Clip clip = clip_at(folder, "part", prompt("agent-newlocation"));
  clip.start_s = 0.5;
  clip.duration_s = 1.5;
  write_manifest(folder / "m.jsonl", {clip});
  EXPECT_EQ(audited(folder / "m.jsonl").report.kept, 1);
  clip.start_s = 100;
  write_manifest(folder / "n.jsonl", {clip});
  EXPECT_EQ(audited(folder / "n.jsonl").rejections.at("part").reason, "wrong_duration");
}

TEST(Audit, ThresholdsComeFromAFile) {
  EXPECT_EQ(parse_thresholds("min_snr_db = 20\nnear_duplicates = true", "t").min_snr_db, 20);
  EXPECT_TRUE(parse_thresholds("near_duplicates = true", "t").near_duplicates);
  for (const char* bad :
       {"min_snr = 3", "min_snr_db = 'x'", "max_offset = -1", "duplicates = 1", "min_duration_s = 700"}) {
    EXPECT_THROW(parse_thresholds(bad, "t"), Error) << bad;
  }
}

TEST(Audit, StopsWhenAsked) {
  TestFolder folder;
  write_manifest(folder / "m.jsonl", {clip_at(folder, "a", prompt("agent-pass"))});
  EXPECT_THROW(audit(folder / "m.jsonl", {}, {.progress = [](int64_t) { return false; }}), Error);
}

}  // namespace
}  // namespace auris::data
