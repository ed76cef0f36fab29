#include "auris/engine/transcript_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "auris/base/trimmed.h"

namespace auris::engine {
namespace {

// A blank line would end a subtitle, "-->" would forge one.
std::string subtitle_line(const std::string& text) {
  std::string line(trimmed(text));
  std::replace(line.begin(), line.end(), '\n', ' ');
  // Of "--->" the first step makes another arrow, one place before.
  for (size_t at = line.find("-->"); at != std::string::npos; at = line.find("-->", at == 0 ? 0 : at - 1))
    line.replace(at, 3, "->");
  return line;
}

double milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

nlohmann::ordered_json to_json(const generate::TranscriptSegment& segment) {
  nlohmann::ordered_json words = nlohmann::ordered_json::array();
  for (const generate::TranscriptWord& word : segment.words) {
    words.push_back({{"word", word.word},
                     {"start", milliseconds(word.start)},
                     {"end", milliseconds(word.end)},
                     {"probability", word.probability}});
  }
  nlohmann::ordered_json json = {{"start", milliseconds(segment.start)},
                                 {"end", milliseconds(segment.end)},
                                 {"text", trimmed(segment.text)},
                                 {"words", std::move(words)},
                                 {"avg_logprob", segment.avg_logprob},
                                 {"compression_ratio", segment.compression_ratio},
                                 {"no_speech_prob", segment.no_speech_prob},
                                 {"temperature", segment.temperature}};
  if (segment.truncated) json["truncated"] = true;
  if (segment.repetition_loop) json["repetition_loop"] = true;
  return json;
}

}  // namespace

std::string clock_time(double seconds, char decimal) {
  auto total_ms = static_cast<int64_t>(std::llround(std::max(0.0, seconds) * 1000));
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", total_ms / 3600000, total_ms / 60000 % 60,
                     total_ms / 1000 % 60, decimal, total_ms % 1000);
}

std::string to_text(const generate::Transcript& transcript) {
  std::string text;
  for (const auto& segment : transcript.segments) text.append(trimmed(segment.text)) += "\n";
  return text;
}

std::string to_srt(const generate::Transcript& transcript) {
  std::string text;
  int number = 0;
  for (const auto& segment : transcript.segments) {
    text += fmt::format("{}\n{} --> {}\n{}\n\n", ++number, clock_time(segment.start, ','),
                        clock_time(segment.end, ','), subtitle_line(segment.text));
  }
  return text;
}

std::string to_vtt(const generate::Transcript& transcript) {
  std::string text = "WEBVTT\n\n";
  for (const auto& segment : transcript.segments) {
    text += fmt::format("{} --> {}\n{}\n\n", clock_time(segment.start), clock_time(segment.end),
                        subtitle_line(segment.text));
  }
  return text;
}

std::string to_timed_line(const generate::TranscriptSegment& segment) {
  return fmt::format("[{} --> {}]  {}", clock_time(segment.start), clock_time(segment.end),
                     trimmed(segment.text));
}

nlohmann::ordered_json to_json(const generate::Transcript& transcript, const std::string& file,
                               double load_s) {
  nlohmann::ordered_json segments = nlohmann::ordered_json::array();
  for (const auto& segment : transcript.segments) segments.push_back(to_json(segment));
  nlohmann::ordered_json json = {{"file", file},
                                 {"language", transcript.language},
                                 {"language_probability", transcript.language_probability},
                                 {"duration_s", transcript.duration_s},
                                 {"text", trimmed(transcript.text)},
                                 {"segments", std::move(segments)},
                                 {"truncated", transcript.truncated}};
  if (transcript.repetition_loop) json["repetition_loop"] = true;
  json["timings"] = {{"load_s", load_s},
                     {"features_s", transcript.timings.features_s},
                     {"encode_s", transcript.timings.encode_s},
                     {"decode_s", transcript.timings.decode_s}};
  return json;
}

}  // namespace auris::engine
