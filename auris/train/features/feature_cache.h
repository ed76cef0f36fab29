#pragma once
// What a frozen encoder heard, kept on disk, so that an epoch after the first computes it no more. Exact:
// rows are kept as the f32 numbers they are, under a key made from all that decides them.
//
//   FOLDER/3f/3fa8...e1.rows   "AURISFT1", u32 spans, u32 columns, u32 rows of each span,
//                              f32 rows x columns, u64 XXH3 of all before; little-endian
//
// A file appears whole or not at all. One that is damaged counts as absent and is written again.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "auris/models/audio_llm/audio_llm.h"

namespace auris::train {

class FeatureCache {
 public:
  // `encoder`: what tells this encoder and its settings from all others; part of every key.
  FeatureCache(std::filesystem::path folder, std::string encoder);

  // What `ears` hear in the windows, from the disk if it is there.
  models::EncodedAudio hear(const models::AudioLlm& ears, std::span<const models::AudioWindow> windows) const;

  // SHA-256 over the encoder, and over what it would hear: the front end's numbers themselves, so that no
  // change of the front end can go unnoticed.
  std::string key_of(std::span<const models::AudioWindow> windows) const;

  // On the host.
  std::optional<models::EncodedAudio> find(const std::string& key) const;
  // Throws kUsage when the system refuses to write (a full disk, say).
  void add(const std::string& key, const models::EncodedAudio& heard) const;

  int64_t damaged() const { return damaged_; }

 private:
  std::filesystem::path path_of(const std::string& key) const;

  std::filesystem::path folder_;
  std::string encoder_;
  mutable int64_t damaged_ = 0;
};

}  // namespace auris::train
