#pragma once
// A description of a built data set that other tools read: Croissant, the JSON-LD of MLCommons (format 1.0,
// mlcommons.org/croissant), with where every clip comes from and what may be done with it.

#include <filesystem>
#include <string>

namespace auris::data {

struct CroissantOptions {
  std::string name = {};  // empty = the folder's
  std::string description = {};
  std::string version = "1.0.0";  // of the data set: three numbers with dots between
  std::string url = {};           // where it is published
};

struct CroissantReport {
  int64_t items = 0, clips = 0;
  int64_t without_licence = 0, without_hash = 0, without_origin = 0, unknown_consent = 0;  // clips
  int64_t synthetic = 0;                                                                   // clips
};

// Writes two files into the folder of a built data set:
//
//   clips.jsonl     each clip once, in the order of the items: id, licence, origin, sha256 (of its sound
//   file),
//                   consent, synthetic, source, split, language, speaker, and how many items it has
//   croissant.json  the data set with its licences, the shards and clips.jsonl with their SHA-256, and the
//                   fields of items and clips
//
// The same data gives the same bytes. kInput if the folder holds no finished data set, or a damaged item.
CroissantReport write_croissant(const std::filesystem::path& folder, const CroissantOptions& options = {});

}  // namespace auris::data
