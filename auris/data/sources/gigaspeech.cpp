// GigaSpeech (Chen and others 2021): GigaSpeech.json, {"audios": [{"aid", "path", "subsets", "segments":
// [{"sid", "speaker", "begin_time", "end_time", "text_tn", "subsets"}, ...]}, ...]}, which is read one
// recording at a time. Texts are in capitals with marks: <COMMA> and its like become signs; a segment that
// holds <SIL>, <MUSIC>, <NOISE> or <OTHER> is no speech. The subsets {DEV} and {TEST} are the splits.
// Checked against the data set's own toolkits/wenet/extract_meta.py and lhotse's recipe gigaspeech.

#include <array>

#include <fmt/format.h>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

using nlohmann::json;

constexpr double kLongestS = 1e6;

std::string with_signs(std::string text) {
  constexpr std::array<std::pair<const char*, const char*>, 4> kSigns{{{R"(\s*<COMMA>)", ","},
                                                                       {R"(\s*<PERIOD>)", "."},
                                                                       {R"(\s*<QUESTIONMARK>)", "?"},
                                                                       {R"(\s*<EXCLAMATIONPOINT>)", "!"}}};
  for (const auto& [mark, sign] : kSigns) text = text::substitute(text, mark, sign);
  return trimmed(text);
}

std::string split_of(const json& subsets) {
  for (const json& subset : subsets) {
    if (subset == "{DEV}") return "dev";
    if (subset == "{TEST}") return "test";
  }
  return "train";
}

Found segment_in(const JsonFields& segment, const std::string& path) {
  const std::string id = "gigaspeech/" + segment.text("sid");
  Found found{.recording = path};
  Clip& clip = found.clip;
  clip.id = id;
  clip.start_s = segment.number("begin_time", {0, kLongestS});
  clip.duration_s = segment.number("end_time", {0, kLongestS}) - clip.start_s;
  clip.text = with_signs(segment.text("text_tn"));
  if (!(clip.duration_s > 0)) return refused(id, "no_sound", "the segment does not end behind its beginning");
  if (clip.text.find('<') != std::string::npos) return refused(id, "no_speech", clip.text);
  if (clip.text.empty()) return refused(id, "no_text", "the segment has no text");
  clip.split = split_of(segment.list("subsets"));
  clip.language = "en";
  const std::string speaker = segment.text("speaker", "N/A");
  if (speaker != "N/A" && !speaker.empty()) clip.speaker = "gigaspeech-" + speaker;
  clip.labels = {{"synthetic_speech_detection", "real"}};
  clip.licence = "Apache-2.0";  // of the texts; the recordings stay their owners'
  clip.origin = "GigaSpeech";
  return found;
}

}  // namespace

void ingest_gigaspeech(Ingest& ingest) {
  ingest.needed("GigaSpeech.json");
  ingest_json_values(ingest, "GigaSpeech.json", 2, [](const json& value, const std::string& name) {
    std::vector<Found> all;
    if (name != "audios") return all;
    const JsonFields audio(value, "GigaSpeech.json", ErrorCode::kInput);
    const std::string path = audio.text("path");
    int64_t number = 0;
    for (const json& segment : audio.list("segments")) {
      const std::string place = fmt::format("{}, segment {}", path, ++number);
      try {
        all.push_back(segment_in(JsonFields(segment, place, ErrorCode::kInput), path));
      } catch (const Error& error) {  // the other segments count all the same
        all.push_back(refused(place, "broken_line", error.what()));
      }
    }
    return all;
  });
}

}  // namespace auris::data
