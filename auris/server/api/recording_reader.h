#pragma once
// Recordings that come with requests, decoded under limits. `param` names the field in errors.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::server {

struct RecordingLimits {
  double most_seconds = 4 * 3600.0;
  // Hosts that recordings are fetched from, in lower case ("example.org", "example.org:8443"); none = only
  // data URLs.
  std::vector<std::string> hosts = {};
  bool private_hosts = false;  // these hosts may lie in a private network
  size_t most_fetched_bytes = 64 << 20;
  double fetch_s = 20;
};

class RecordingReader {
 public:
  using Clip = std::shared_ptr<const audio::AudioClip>;  // mono, 16 kHz

  explicit RecordingReader(RecordingLimits limits = {}) : limits_(std::move(limits)) {}

  // Formats are known by their bytes; what the client says counts only for raw G.722 ("g722"), which has no
  // mark. All throw ApiError 400.
  Clip from_bytes(std::span<const std::byte> bytes, const std::string& param,
                  std::string_view format = "") const;
  Clip from_base64(std::string_view text, const std::string& param, std::string_view format = "") const;
  // data:audio/...;base64,... or http(s) at one of the hosts, which is resolved once, must not lie in a
  // private network unless that is allowed, and is not followed elsewhere.
  Clip from_url(const std::string& url, const std::string& param) const;

 private:
  Clip fetched(const std::string& url, const std::string& param) const;

  RecordingLimits limits_;
};

}  // namespace auris::server
