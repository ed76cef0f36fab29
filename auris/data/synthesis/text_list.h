#pragma once
// Texts with what is known about them, spoken by programs: clips whose words, sounds, speaker, gender and
// accent are known. A list is a file of JSON lines:
//
//   {"id": "alarm-1", "text": "Wake me up at seven.", "labels": {"intent_prediction": "alarm set"}}
//
// with `language` (ISO 639-1, "en" if left out), `split`, `labels`, `translations`, `questions` (clip.h) and
// `licence` if they are known. Turns of a conversation have its name in `dialogue` and their place in `turn`;
// one voice speaks them all, and their `labels` hold the replies as "dialogue".

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "auris/data/manifest/manifest.h"
#include "auris/data/synthesis/voice.h"

namespace auris::data {

struct ListedText {
  std::string id;
  std::string text;
  std::string language = "en";
  std::string split;
  std::map<std::string, std::string> labels, translations, questions;
  std::string licence;
  std::string dialogue = {};
  int64_t turn = 0;
};

// kInput, naming `where` and the field, for anything that is none.
ListedText listed_text_from(const nlohmann::json& json, const std::string& where);

struct SpeakOptions {
  std::vector<std::string> voices = {};  // ids; empty = all that there are
  int64_t voices_per_text = 1;           // different ones, as far as there are so many of its language
  double slowest = 0.85, fastest = 1.15;
  double lowest = 0.9, highest = 1.1;
  uint64_t seed = 0;
  std::function<bool(int64_t)> progress = {};  // clips so far; false stops with kCancelled
};

struct SpeakReport {
  int64_t lines = 0, texts = 0, rejected = 0, blank = 0;
  int64_t clips = 0, reused = 0;  // of them, spoken before
  double seconds = 0;             // of sound
};

// Writes audio/HASH.wav below `folder`, and its manifest clips.jsonl when all are there. A recording is named
// after all that made it: what was interrupted goes on, and the same list, options and programs give the same
// bytes. Source of a clip is its program ("espeak", "flite", "festival"), its speaker the voice, its origin
// the voice's package with rate and pitch. Rejected: lines that are no texts ("no_json", "no_text",
// "repeated_id"), languages that no voice speaks ("no_voice"), and texts that a program cannot say
// ("not_spoken"). kUsage for options that make no sense and voices that are not installed.
SpeakReport speak_texts(const std::filesystem::path& list, const std::filesystem::path& folder,
                        const SpeakOptions& options, const RejectionSink& rejected);

}  // namespace auris::data
