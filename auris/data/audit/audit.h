#pragma once
// Which clips of a manifest are fit to be used, and what they are like together. Every clip that is not fit
// has its reason and its figure; what is fit is written down again with the hash of its sound file. Of clips
// with two recordings both must be fit; only the same two in the same order are duplicates.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/data/audit/clip_measures.h"
#include "auris/data/audit/recognizer.h"
#include "auris/data/manifest/manifest.h"

namespace auris::data {

// In TOML, each of them optional.
struct AuditThresholds {
  double min_duration_s = 0.1, max_duration_s = 600;
  double duration_tolerance_s = 0.1;  // between manifest and sound
  double min_snr_db = 10;
  double max_silence_share = 0.9;
  double max_clipped_share = 0.01;
  double max_offset = 0.05;      // of full scale
  bool duplicates = true;        // equal sound
  bool near_duplicates = false;  // equal fingerprints (fingerprint.h); takes memory: 1 kB a second
  // With a recognizer: how far the text may be from what is heard, and how sure it must be that another
  // language is spoken to reject a clip.
  double max_character_error_rate = 0.5, max_other_language = 0.7;
};

// kInput, with the place and the reason, for anything that is no such file.
AuditThresholds parse_thresholds(std::string_view toml, const std::string& where);
AuditThresholds read_thresholds(const std::filesystem::path& path);

// Counts in equal steps: bin i holds [low + i * step, low + (i + 1) * step), the first and last also what
// lies beyond.
struct Histogram {
  double low = 0, step = 1;
  std::vector<int64_t> counts;

  void add(double value);
};

// What the recognizer heard in clips that were fit until then and of which text or language is known.
struct RecognitionReport {
  nlohmann::ordered_json recognizer;  // Recognizer::settings()
  int64_t clips = 0;
  Histogram character_error_rate;  // of those with a text
  Histogram language_probability;  // of the language heard
  std::map<std::string, std::map<std::string, int64_t>>
      heard;  // clips by manifest's language, then heard one
};

struct AuditReport {
  int64_t clips = 0, kept = 0;
  int64_t rejected_lines = 0;  // of the manifest
  double kept_s = 0;
  std::map<std::string, int64_t> rejected;       // clips by reason
  Histogram durations_s, snr_db, silence_share;  // of all that could be read
  // Of those kept.
  std::map<std::string, int64_t> languages, splits, speakers;
  std::map<std::string, std::map<std::string, int64_t>> labels;  // by task, then label
  std::optional<RecognitionReport> recognition;                  // with a recognizer
  // In more than one split: texts and speakers that an evaluation would have met in training.
  std::map<std::string, std::vector<std::string>> leaked_texts, leaked_speakers;  // with their splits
};

struct AuditSinks {
  std::function<void(const Clip&, const ClipMeasures&)> kept = {};
  RejectionSink rejected = {};
  std::function<void(const Clip&, const Recognition&)> recognized = {};  // before it is kept or rejected
  std::function<bool(int64_t)> progress = {};  // clips done; false stops with kCancelled
};

// Clips in the order of the manifest; decoding and measuring run on all compute threads. With a recognizer,
// clips that are fit so far are listened to, one after the other; a clip of which neither text nor language
// is known has nothing to be compared with and is not.
AuditReport audit(const std::filesystem::path& manifest, const AuditThresholds& thresholds,
                  const AuditSinks& sinks, Recognizer* recognizer = nullptr);

nlohmann::ordered_json to_json(const AuditReport& report);

}  // namespace auris::data
