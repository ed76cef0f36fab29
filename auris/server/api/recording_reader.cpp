#include "auris/server/api/recording_reader.h"

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/server/api/api_error.h"
#include "auris/text/base64.h"

namespace auris::server {

RecordingReader::Clip RecordingReader::from_bytes(std::span<const std::byte> bytes, const std::string& param,
                                                  std::string_view format) const {
  try {
    return std::make_shared<const audio::AudioClip>(
        audio::decode_audio(audio::AudioSource::memory(bytes, param),
                            {.max_seconds = limits_.most_seconds, .expect_g722 = format == "g722"}));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInput) throw;
    throw ApiError({.message = error.what(), .param = param, .code = "invalid_audio"});
  }
}

RecordingReader::Clip RecordingReader::from_base64(std::string_view text, const std::string& param,
                                                   std::string_view format) const {
  std::string bytes;
  try {
    bytes = text::from_base64(text);
  } catch (const Error&) {
    throw ApiError({.message = "This is not base64 (RFC 4648, with padding).", .param = param});
  }
  return from_bytes(std::as_bytes(std::span(bytes)), param, format);
}

RecordingReader::Clip RecordingReader::from_url(const std::string& url, const std::string& param) const {
  if (url.starts_with("data:")) {
    const size_t comma = url.find(',');
    if (comma == std::string::npos || !std::string_view(url).substr(0, comma).ends_with(";base64"))
      throw ApiError({.message = "A data URL must be data:audio/...;base64,...", .param = param});
    return from_base64(std::string_view(url).substr(comma + 1), param);
  }
  throw ApiError({.message = "This server fetches no recordings: send the recording itself, as input_audio "
                             "or as a data URL.",
                  .param = param});
}

}  // namespace auris::server
