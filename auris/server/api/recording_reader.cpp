#include "auris/server/api/recording_reader.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/log.h"
#include "auris/http/request.h"
#include "auris/http/url.h"
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
  if (limits_.hosts.empty()) {
    throw ApiError({.message =
                        "This server fetches no recordings: send the recording itself, as input_audio or "
                        "as a data URL.",
                    .param = param});
  }
  return fetched(url, param);
}

RecordingReader::Clip RecordingReader::fetched(const std::string& url, const std::string& param) const {
  const std::optional<http::UrlParts> parts = http::parts_of(url);
  if (!parts || parts->has_user || std::ranges::find(limits_.hosts, parts->host) == limits_.hosts.end()) {
    throw ApiError({.message = "This server fetches no recordings from this host.", .param = param});
  }
  http::Reply reply;
  try {
    reply = http::send({.url = url,
                        .follow_redirects = false,
                        .public_addresses_only = !limits_.private_hosts,
                        .max_body_bytes = limits_.most_fetched_bytes,
                        .timeout_s = limits_.fetch_s});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNetwork && error.code() != ErrorCode::kInput) throw;
    log(LogLevel::kInfo, "{}", error.what());
    throw ApiError({.message = "The recording could not be fetched.", .param = param});
  }
  if (reply.status != 200) {
    throw ApiError({.message = fmt::format("The recording could not be fetched: status {}.", reply.status),
                    .param = param});
  }
  return from_bytes(std::as_bytes(std::span(reply.body)), param);
}

}  // namespace auris::server
