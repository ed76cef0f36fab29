#pragma once
// A built data set in the form that LLaSO published its own in (arXiv 2508.15418): one JSON array for each
// task and source, in a folder for each configuration.
//
//   text_audio/TASK-SOURCE.json   the instruction is read: "value": "INSTRUCTION<audio>"
//   audio_text/TASK-SOURCE.json   it is spoken, the rest is read: "value": "<audio>TEXT"
//   pure_audio/TASK-SOURCE.json   all is heard; a carrier is read: "value": "CARRIER<audio>"
//   audio/KEY.wav                 recordings, named in "voice" from the folder on
//
//   [{"id": ..., "voice": ["audio/000000000.wav"], "metadata": {"task": ..., "licence": ..., ...},
//     "conversations": [{"from": "human", "value": ...}, {"from": "gpt", "value": ...}]}, ...]
//
// Conversations have two entries for each turn of the user, and their recordings in "voice" in the order of
// the <audio> marks: those of earlier turns are audio/KEY-0.wav, audio/KEY-2.wav, ...

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace auris::data {

struct LlasoReport {
  int64_t items = 0;
  std::map<std::string, int64_t> files;  // items by file, "text_audio/asterisk_ASR_train.json"
};

// Files appear when they are whole, recordings first. `progress` gets (items done, all); false stops with
// kCancelled. kInput if `data` is no finished data set or is damaged.
LlasoReport export_llaso(const std::filesystem::path& data, const std::filesystem::path& folder,
                         const std::function<bool(int64_t, int64_t)>& progress = {});

}  // namespace auris::data
