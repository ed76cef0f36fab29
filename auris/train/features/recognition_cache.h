#pragma once
// What a listener heard, kept on disk, so that an epoch after the first listens no more. Exact, under a key
// made from all that decides it.
//
//   FOLDER/3f/3fa8...e1.words   "AURISRC2", u32 bytes of text, u32 tokens, u32 columns of a state,
//                               u32 rows of sound, u32 columns of such a row, u32 end of each token, text,
//                               f32 states, f32 sound, u64 XXH3 of all before

#include <filesystem>
#include <memory>
#include <string>

#include "auris/processor/listener.h"

namespace auris::train {

class RecognitionCache {
 public:
  // `listener`: what tells this listener and its settings from all others; part of every key.
  RecognitionCache(std::filesystem::path folder, std::string listener);

  // What `listener` hears in the clip, from the disk if it is there. From any thread. kUsage when the system
  // refuses to write (a full disk, say).
  std::shared_ptr<const processor::Recognition> listen(const processor::Listener& listener,
                                                       const processor::Clip& clip) const;

  // SHA-256 over the listener's name and the samples.
  std::string key_of(const audio::AudioClip& clip) const;
  // Null if it is absent or damaged.
  std::shared_ptr<const processor::Recognition> find(const std::string& key) const;
  void add(const std::string& key, const processor::Recognition& heard) const;

 private:
  std::filesystem::path path_of(const std::string& key) const;

  std::filesystem::path folder_;
  std::string listener_;
};

}  // namespace auris::train
