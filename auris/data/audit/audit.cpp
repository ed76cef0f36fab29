#include "auris/data/audit/audit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/base/thread_pool.h"
#include "auris/data/audit/fingerprint.h"
#include "auris/text/language_names.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kClipsAtOnce = 64;
constexpr int kRateHz = 16000;

// What a thread finds out about a clip.
struct Examined {
  Clip clip;
  ClipMeasures measures;
  Fingerprint fingerprint;
  std::optional<Rejection> rejection;
};

Rejection rejection_of(const Clip& clip, const char* reason, std::string detail) {
  return {.what = clip.id, .reason = reason, .detail = std::move(detail)};
}

std::optional<Rejection> unfit(const Clip& clip, const ClipMeasures& found, const AuditThresholds& limits) {
  const auto reject = [&](const char* reason, const char* text, double value, double limit) {
    return rejection_of(clip, reason, fmt::format("{} {:.4g}, limit {:.4g}", text, value, limit));
  };
  const double difference = std::fabs(found.duration_s - clip.duration_s);
  if (difference > limits.duration_tolerance_s) {
    return reject("wrong_duration", "seconds that manifest and sound differ by", difference,
                  limits.duration_tolerance_s);
  }
  if (found.duration_s < limits.min_duration_s)
    return reject("too_short", "seconds", found.duration_s, limits.min_duration_s);
  if (found.duration_s > limits.max_duration_s)
    return reject("too_long", "seconds", found.duration_s, limits.max_duration_s);
  if (found.silence_share > limits.max_silence_share) {
    return reject("silence", "share of silence", found.silence_share, limits.max_silence_share);
  }
  if (found.clipped_share > limits.max_clipped_share) {
    return reject("clipping", "share of clipped samples", found.clipped_share, limits.max_clipped_share);
  }
  if (std::fabs(found.offset) > limits.max_offset)
    return reject("offset", "mean", found.offset, limits.max_offset);
  if (found.snr_db < limits.min_snr_db)
    return reject("noise", "signal to noise, dB", found.snr_db, limits.min_snr_db);
  return std::nullopt;
}

std::optional<Rejection> unlike(const Clip& clip, const Recognition& heard, const AuditThresholds& limits) {
  const bool other = !heard.language.empty() && !clip.language.empty() &&
                     heard.language != text::language_code(clip.language) &&
                     heard.language_probability > limits.max_other_language;
  if (other) {
    return rejection_of(
        clip, "other_language",
        fmt::format("{} is heard with probability {:.4g}, limit {:.4g}", quoted(heard.language),
                    heard.language_probability, limits.max_other_language));
  }
  if (!heard.character_error_rate || *heard.character_error_rate <= limits.max_character_error_rate)
    return std::nullopt;
  return rejection_of(
      clip, "other_text",
      fmt::format("character error rate {:.4g}, limit {:.4g}; heard: {}", *heard.character_error_rate,
                  limits.max_character_error_rate, quoted(heard.text)));
}

audio::AudioClip stretch_of(audio::AudioClip sound, const Clip& clip) {
  const auto at = [&](double seconds) {
    return std::min(sound.samples.size(), static_cast<size_t>(std::llround(seconds * kRateHz)));
  };
  if (clip.start_s == 0 && clip.duration_s >= sound.duration_s()) return sound;
  const bool whole =
      clip.start_s == 0 && sound.duration_s() - clip.duration_s < 1;  // wrong durations are to be seen
  const size_t begin = at(clip.start_s),
               end = whole ? sound.samples.size() : at(clip.start_s + clip.duration_s);
  sound.samples.resize(end);
  sound.samples.erase(sound.samples.begin(), sound.samples.begin() + static_cast<std::ptrdiff_t>(begin));
  return sound;
}

// Measures, checks and hashes one recording; returns its sound for what else is to be found out.
audio::AudioClip examine(Clip& clip, const fs::path& folder, const AuditThresholds& thresholds,
                         ClipMeasures& measures, std::optional<Rejection>& rejection) {
  const fs::path path = audio_path(clip, folder);
  if (!fs::is_regular_file(path)) {
    rejection = rejection_of(clip, "missing_file", fmt::format("there is no {}", quoted(path.string())));
    return {};
  }
  try {
    audio::AudioClip sound = stretch_of(audio::decode_audio(audio_source(clip, folder)), clip);
    measures = measure(sound);
    const std::string hash = sha256_of(clip, folder);
    if (!clip.sha256.empty() && clip.sha256 != hash) {
      rejection = rejection_of(clip, "changed_file", fmt::format("SHA-256 {}", hash));
      return {};
    }
    clip.sha256 = hash;
    rejection = unfit(clip, measures, thresholds);
    return sound;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInput) throw;
    rejection = rejection_of(clip, "unreadable", error.what());
    return {};
  }
}

// Of two recordings: the worse of each figure, and a content that only the same two have.
ClipMeasures both(const ClipMeasures& first, const ClipMeasures& second) {
  ClipMeasures all = first.snr_db <= second.snr_db ? first : second;
  all.duration_s = first.duration_s + second.duration_s;
  all.peak = std::max(first.peak, second.peak);
  all.silence_share = std::max(first.silence_share, second.silence_share);
  all.clipped_share = std::max(first.clipped_share, second.clipped_share);
  all.offset = std::fabs(first.offset) > std::fabs(second.offset) ? first.offset : second.offset;
  all.content = first.content + second.content;
  return all;
}

void examine(Examined& examined, const fs::path& folder, const AuditThresholds& thresholds) {
  const audio::AudioClip sound =
      examine(examined.clip, folder, thresholds, examined.measures, examined.rejection);
  if (examined.rejection) return;
  if (!examined.clip.second) {
    if (thresholds.near_duplicates) examined.fingerprint = fingerprint_of(sound);
    return;
  }
  Clip second = second_of(examined.clip);
  ClipMeasures measures;
  examine(second, folder, thresholds, measures, examined.rejection);
  examined.clip.second->sha256 = second.sha256;
  examined.measures = both(examined.measures, measures);
}

class Audit {
 public:
  Audit(fs::path folder, const AuditThresholds& thresholds, const AuditSinks& sinks, Recognizer* recognizer)
      : folder_(std::move(folder)), thresholds_(thresholds), sinks_(sinks), recognizer_(recognizer) {
    report.durations_s = {.low = 0, .step = 1, .counts = std::vector<int64_t>(31)};
    report.snr_db = {.low = 0, .step = 5, .counts = std::vector<int64_t>(17)};
    report.silence_share = {.low = 0, .step = 0.05, .counts = std::vector<int64_t>(20)};
    if (recognizer_ == nullptr) return;
    report.recognition.emplace();
    report.recognition->recognizer = recognizer_->settings();
    report.recognition->character_error_rate = {.low = 0, .step = 0.05, .counts = std::vector<int64_t>(21)};
    report.recognition->language_probability = {.low = 0, .step = 0.05, .counts = std::vector<int64_t>(20)};
  }

  void offer(Clip clip) {
    waiting_.push_back({.clip = std::move(clip), .measures = {}, .fingerprint = {}, .rejection = {}});
    if (waiting_.size() >= kClipsAtOnce) examine_waiting();
  }

  void finish() {
    examine_waiting();
    for (const auto& [text, splits] : texts_) {
      if (splits.size() > 1) report.leaked_texts[text] = {splits.begin(), splits.end()};
    }
    for (const auto& [speaker, splits] : speakers_) {
      if (splits.size() > 1) report.leaked_speakers[speaker] = {splits.begin(), splits.end()};
    }
  }

  AuditReport report;

 private:
  void examine_waiting() {
    parallel_for(std::ssize(waiting_),
                 [&](int64_t i) { examine(waiting_[static_cast<size_t>(i)], folder_, thresholds_); });
    for (Examined& examined : waiting_) {
      take(examined);
      if (recognizer_ != nullptr) tell_progress();
    }
    waiting_.clear();
    tell_progress();
  }

  void tell_progress() const {
    if (!sinks_.progress || sinks_.progress(report.clips)) return;
    throw Error(ErrorCode::kCancelled,
                {.where = "data check", .expected = "to finish", .got = "a request to stop", .hint = ""});
  }

  void take(Examined& examined) {
    ++report.clips;
    if (examined.measures.duration_s > 0) {
      report.durations_s.add(examined.measures.duration_s);
      report.snr_db.add(examined.measures.snr_db);
      report.silence_share.add(examined.measures.silence_share);
    }
    if (!examined.rejection) examined.rejection = duplicate(examined);
    if (!examined.rejection && recognizer_ != nullptr) examined.rejection = listen(examined);
    if (examined.rejection) {
      ++report.rejected[examined.rejection->reason];
      if (sinks_.rejected) sinks_.rejected(*examined.rejection);
      return;
    }
    count(examined.clip);
    report.kept_s += examined.measures.duration_s;
    if (sinks_.kept) sinks_.kept(examined.clip, examined.measures);
  }

  std::optional<Rejection> duplicate(Examined& examined) {
    if (thresholds_.duplicates) {
      const auto [known, fresh] = contents_.try_emplace(examined.measures.content, examined.clip.id);
      if (!fresh)
        return rejection_of(examined.clip, "duplicate",
                            fmt::format("the same sound as {}", quoted(known->second)));
    }
    // Pairs of recordings share one with each other on purpose.
    if (!thresholds_.near_duplicates || examined.clip.second) return std::nullopt;
    const auto found = fingerprints_.add(std::move(examined.fingerprint));
    fingerprint_ids_.push_back(examined.clip.id);
    if (!found) return std::nullopt;
    return rejection_of(
        examined.clip, "near_duplicate",
        fmt::format("{:.1f} % of the fingerprint's bits differ from {} at {:.2f} s",
                    100 * found->bit_error_rate, quoted(fingerprint_ids_[found->first]), found->offset_s));
  }

  std::optional<Rejection> listen(const Examined& examined) {
    const Clip& clip = examined.clip;
    if ((clip.text.empty() && clip.language.empty()) || clip.second) return std::nullopt;
    const Recognition heard = recognizer_->recognize(clip, examined.measures.content, [&] {
      return stretch_of(audio::decode_audio(audio_source(clip, folder_)), clip);
    });
    RecognitionReport& counts = *report.recognition;
    ++counts.clips;
    if (heard.character_error_rate) counts.character_error_rate.add(*heard.character_error_rate);
    if (!heard.language.empty()) {
      counts.language_probability.add(heard.language_probability);
      ++counts.heard[clip.language][heard.language];
    }
    if (sinks_.recognized) sinks_.recognized(clip, heard);
    return unlike(clip, heard, thresholds_);
  }

  void count(const Clip& clip) {
    ++report.kept;
    ++report.languages[clip.language];
    ++report.splits[clip.split];
    ++report.speakers[clip.speaker];
    for (const auto& [task, label] : clip.labels) ++report.labels[task][label];
    if (clip.split.empty()) return;
    if (const std::string words = spoken_words(clip); !words.empty()) texts_[words].insert(clip.split);
    if (!clip.speaker.empty()) speakers_[clip.speaker].insert(clip.split);
    if (clip.second && !clip.second->speaker.empty()) speakers_[clip.second->speaker].insert(clip.split);
  }

  fs::path folder_;
  const AuditThresholds& thresholds_;
  const AuditSinks& sinks_;
  Recognizer* recognizer_;
  std::vector<Examined> waiting_;
  std::unordered_map<std::string, std::string> contents_;  // id by content
  FingerprintIndex fingerprints_;
  std::vector<std::string> fingerprint_ids_;
  std::unordered_map<std::string, std::set<std::string>> texts_, speakers_;  // splits
};

nlohmann::ordered_json to_json(const Histogram& histogram) {
  return {{"low", histogram.low}, {"step", histogram.step}, {"counts", histogram.counts}};
}

}  // namespace

void Histogram::add(double value) {
  const double bin = std::floor((value - low) / step);
  ++counts[static_cast<size_t>(std::clamp(bin, 0.0, static_cast<double>(counts.size() - 1)))];
}

AuditReport audit(const fs::path& manifest, const AuditThresholds& thresholds, const AuditSinks& sinks,
                  Recognizer* recognizer) {
  Audit audit(manifest.parent_path(), thresholds, sinks, recognizer);
  read_manifest(
      manifest, [&](Clip clip) { audit.offer(std::move(clip)); },
      [&](Rejection rejection) {
        ++audit.report.rejected_lines;
        if (sinks.rejected) sinks.rejected(std::move(rejection));
      });
  audit.finish();
  return audit.report;
}

nlohmann::ordered_json to_json(const AuditReport& report) {
  nlohmann::ordered_json json = {{"clips", report.clips},
                                 {"kept", report.kept},
                                 {"kept_hours", report.kept_s / 3600},
                                 {"rejected_lines", report.rejected_lines},
                                 {"rejected", report.rejected},
                                 {"durations_s", to_json(report.durations_s)},
                                 {"snr_db", to_json(report.snr_db)},
                                 {"silence_share", to_json(report.silence_share)},
                                 {"languages", report.languages},
                                 {"splits", report.splits},
                                 {"speakers", report.speakers},
                                 {"labels", report.labels},
                                 {"leaked_texts", report.leaked_texts},
                                 {"leaked_speakers", report.leaked_speakers}};
  if (report.recognition) {
    json["recognition"] = {{"recognizer", report.recognition->recognizer},
                           {"clips", report.recognition->clips},
                           {"character_error_rate", to_json(report.recognition->character_error_rate)},
                           {"language_probability", to_json(report.recognition->language_probability)},
                           {"heard", report.recognition->heard}};
  }
  return json;
}

}  // namespace auris::data
