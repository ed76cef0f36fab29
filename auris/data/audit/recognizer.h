#pragma once
// Who listens to the clips of an audit. The audit does not know how: auris/data/recognition listens with the
// engine.

#include <functional>
#include <optional>
#include <string>

#include "auris/audio/audio_clip.h"
#include "auris/data/manifest/clip.h"

namespace auris::data {

struct Recognition {
  std::string text;      // what was heard, in the manifest's language if the recognizer knows it
  std::string language;  // the one heard, ISO 639-1; empty if nothing was heard or nobody can tell
  double language_probability = 0;
  std::optional<double> character_error_rate;  // of `text`, against the manifest's; nothing if that has none
};

class Recognizer {
 public:
  virtual ~Recognizer() = default;

  // All that could change what is heard, for reports.
  virtual nlohmann::ordered_json settings() const = 0;
  // `content` is the SHA-256 of the decoded sound (ClipMeasures); `sound` decodes it, if it is needed.
  virtual Recognition recognize(const Clip& clip, const std::string& content,
                                const std::function<audio::AudioClip()>& sound) = 0;
};

}  // namespace auris::data
