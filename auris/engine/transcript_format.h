#pragma once
// A transcript as text, subtitles (SubRip, WebVTT) and JSON.

#include <string>

#include <nlohmann/json.hpp>

#include "auris/generate/whisper/transcript.h"

namespace auris::engine {

// 3661.5 -> "01:01:01.500"; `decimal` is '.' (WebVTT) or ',' (SubRip). Negative times become 0.
std::string clock_time(double seconds, char decimal = '.');

std::string to_text(const generate::Transcript& transcript);  // a line per segment
std::string to_srt(const generate::Transcript& transcript);
std::string to_vtt(const generate::Transcript& transcript);

// "[00:00:00.000 --> 00:00:02.500]  text": what the terminal shows while a recording is transcribed.
std::string to_timed_line(const generate::TranscriptSegment& segment);

// {file, language, duration_s, text, segments[{start, end, text, words[]}], truncated, timings{load_s, ...}}
// and what the model thinks of each segment.
nlohmann::ordered_json to_json(const generate::Transcript& transcript, const std::string& file,
                               double load_s);

}  // namespace auris::engine
